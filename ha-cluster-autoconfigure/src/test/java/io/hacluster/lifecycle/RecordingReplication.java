package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.List;

import io.hacluster.Epoch;
import io.hacluster.replication.Replication;
import io.hacluster.replication.ReplicationStatus;

/**
 * A replication that only remembers.
 */
final class RecordingReplication implements Replication {

	private final Recorder recorder;

	volatile boolean flushed = true;

	volatile Duration caughtUpTimeout = Duration.ZERO;

	RecordingReplication(Recorder recorder) {
		this.recorder = recorder;
	}

	@Override
	public void startFollowing(Duration timeout) throws InterruptedException {
		this.recorder.call("startFollowing");
	}

	@Override
	public void awaitCaughtUp(Duration timeout) throws InterruptedException {
		this.caughtUpTimeout = timeout;
		this.recorder.call("awaitCaughtUp");
	}

	@Override
	public void fenceAndCatchUp(Epoch epoch, Duration timeout) throws InterruptedException {
		this.recorder.call("fenceAndCatchUp");
	}

	@Override
	public void stopFollowing(Duration timeout) throws InterruptedException {
		this.recorder.call("stopFollowing");
	}

	@Override
	public void promote() {
		this.recorder.callUninterruptibly("promote");
	}

	@Override
	public void awaitDatabase(Duration timeout) throws InterruptedException {
		this.recorder.call("awaitDatabase");
	}

	@Override
	public void startPrimary() {
		this.recorder.callUninterruptibly("startPrimary");
	}

	@Override
	public void startSnapshots() {
		this.recorder.callUninterruptibly("startSnapshots");
	}

	@Override
	public void stopSnapshots(Duration timeout) {
		this.recorder.callUninterruptibly("stopSnapshots");
	}

	@Override
	public boolean requestSnapshot() {
		return false;
	}

	@Override
	public void stopPrimary(Duration timeout) {
		this.recorder.callUninterruptibly("stopPrimary");
	}

	@Override
	public boolean flush(Duration timeout) {
		this.recorder.callUninterruptibly("flush");
		return this.flushed;
	}

	@Override
	public Epoch logEpoch() {
		return Epoch.NONE;
	}

	@Override
	public ReplicationStatus status() {
		return new ReplicationStatus(ReplicationStatus.State.STOPPED, 0, 0, Duration.ZERO, null, List.of(),
				new ReplicationStatus.Counters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ReplicationStatus.Upkeep.NONE,
						Duration.ZERO));
	}

	@Override
	public void close() {
		this.recorder.record("close");
	}

}
