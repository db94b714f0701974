package io.hacluster.test;

import org.springframework.context.SmartLifecycle;

/**
 * Grants leadership when the application starts, if the test says so, and revokes it when
 * it stops, in the order in which a real node does.
 */
final class TestLeadershipLifecycle implements SmartLifecycle {

	private final TestLeadership leadership;

	private final boolean leader;

	private volatile boolean running;

	TestLeadershipLifecycle(TestLeadership leadership, boolean leader) {
		this.leadership = leadership;
		this.leader = leader;
	}

	@Override
	public void start() {
		this.running = true;
		restore();
	}

	/**
	 * Goes back to the role in which a test method begins.
	 */
	void restore() {
		if (this.leader && this.running) {
			this.leadership.grant();
		}
		else {
			this.leadership.reset();
		}
	}

	@Override
	public void stop() {
		this.running = false;
		this.leadership.revoke("the node is being stopped");
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/**
	 * Returns the phase of a real node: see {@code HaClusterLifecycle}.
	 */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE - 512;
	}

}
