package io.hacluster.samples.lab;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that appends one row after the other, at the node that takes them, and keeps a
 * ledger of what was acknowledged. A row whose fate is unknown is given up: the next
 * attempt has the next number.
 */
final class Writer implements AutoCloseable {

	private static final Duration PACE = Duration.ofMillis(5);

	private static final Duration RETRY = Duration.ofMillis(10);

	private final List<Node> nodes;

	private final Ledger ledger = new Ledger();

	private final Thread thread = new Thread(this::run, "lab-writer");

	private volatile boolean closed;

	Writer(List<Node> nodes) {
		this.nodes = nodes;
		this.thread.setDaemon(true);
	}

	Ledger ledger() {
		return this.ledger;
	}

	void start() {
		this.thread.start();
	}

	private void run() {
		int target = 0;
		for (long id = 1; !this.closed; id++) {
			Node node = this.nodes.get(target);
			if (node.append(id)) {
				this.ledger.acknowledged(id, node.name(), System.nanoTime());
				LockSupport.parkNanos(PACE.toNanos());
			}
			else {
				target = (target + 1) % this.nodes.size();
				LockSupport.parkNanos(RETRY.toNanos());
			}
		}
	}

	/**
	 * Ends the writing. Afterwards the ledger no longer changes.
	 */
	@Override
	public void close() {
		this.closed = true;
		try {
			this.thread.join(Duration.ofSeconds(10).toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
