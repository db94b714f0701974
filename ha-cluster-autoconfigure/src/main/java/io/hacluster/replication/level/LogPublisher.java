package io.hacluster.replication.level;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

import io.hacluster.HaClusterException;
import io.hacluster.replication.ByteSource;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.ltx.LtxName;

/**
 * Appends files that add no transaction to the log, and waits for that.
 */
final class LogPublisher {

	private static final long POLL_MILLIS = 100;

	private final LogCatalog catalog;

	private final BooleanSupplier stop;

	LogPublisher(LogCatalog catalog, BooleanSupplier stop) {
		this.catalog = catalog;
		this.stop = stop;
	}

	/**
	 * Appends a file.
	 * @param writer the fence under which the log was looked at for this
	 * @param name its name
	 * @param timestamp the time of its newest transaction
	 * @param content its bytes
	 * @param release lets go of the bytes, as soon as they are not needed any more
	 * @return what the log has
	 * @throws HaClusterException if the log does not take it, or if told to stop
	 */
	LogEntry publish(LogWriter writer, LtxName name, Instant timestamp, ByteSource content, Runnable release)
			throws InterruptedException {
		CompletableFuture<LogEntry> outcome;
		try {
			outcome = writer.append(name, timestamp, content);
		}
		catch (RuntimeException ex) {
			release.run();
			throw ex;
		}
		outcome.whenComplete((entry, ex) -> release.run());
		LogEntry entry = await(name, outcome);
		this.catalog.appended(entry);
		return entry;
	}

	private LogEntry await(LtxName name, CompletableFuture<LogEntry> outcome) throws InterruptedException {
		while (true) {
			try {
				return outcome.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
			}
			catch (TimeoutException ex) {
				if (this.stop.getAsBoolean()) {
					throw new HaClusterException(name + " was abandoned", ex);
				}
			}
			catch (ExecutionException ex) {
				throw new HaClusterException("The store did not take " + name + ": "
						+ ((ex.getCause() != null) ? ex.getCause().getMessage() : ex.getMessage()), ex);
			}
		}
	}

}
