package io.hacluster.replication.primary;

import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

import io.hacluster.HaClusterException;

/**
 * Asks the thread that ships to begin a snapshot. That thread may be busy for long with a
 * full copy; a source that comes when nobody waits for it any more is closed, since its
 * read transaction would hold on to the database for ever.
 */
final class SnapshotRequest implements Runnable {

	private static final long POLL_MILLIS = 100;

	private final Callable<Optional<SnapshotSource>> opener;

	private final CompletableFuture<Optional<SnapshotSource>> answer = new CompletableFuture<>();

	SnapshotRequest(Callable<Optional<SnapshotSource>> opener) {
		this.opener = opener;
	}

	/**
	 * Opens the source, on the thread that ships.
	 */
	@Override
	public void run() {
		if (this.answer.isDone()) {
			return;
		}
		try {
			Optional<SnapshotSource> source = this.opener.call();
			if (!this.answer.complete(source) && source.isPresent()) {
				source.get().close();
			}
		}
		catch (Exception ex) {
			this.answer.completeExceptionally(ex);
		}
	}

	/**
	 * Waits for the source.
	 * @param stop asked now and then whether to give up
	 * @return the source, empty if that is not possible at the moment
	 * @throws HaClusterException if it cannot be opened, or this has given up
	 * @throws InterruptedException if interrupted
	 */
	Optional<SnapshotSource> await(BooleanSupplier stop) throws InterruptedException {
		try {
			while (true) {
				try {
					return this.answer.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
				}
				catch (TimeoutException ex) {
					if (stop.getAsBoolean()) {
						abandon();
					}
				}
			}
		}
		catch (InterruptedException ex) {
			abandon();
			throw ex;
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof HaClusterException known) {
				throw known;
			}
			throw new HaClusterException("the database cannot be read: "
					+ ((ex.getCause() != null) ? ex.getCause().getMessage() : ex.getMessage()), ex);
		}
	}

	private void abandon() {
		HaClusterException reason = new HaClusterException("the snapshot was abandoned");
		if (!this.answer.completeExceptionally(reason)) {
			this.answer.thenAccept((source) -> source.ifPresent(SnapshotRequest::close));
			throw reason;
		}
	}

	private static void close(SnapshotSource source) {
		try {
			source.close();
		}
		catch (SQLException ex) {
			throw new HaClusterException("the read transaction of a snapshot cannot be ended: " + ex.getMessage(), ex);
		}
	}

}
