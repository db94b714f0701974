package io.hacluster.replication.primary;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.connection.DatabaseConnections;
import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxName;

/**
 * One copy of the whole database on its way into the log. The methods are called by the
 * thread that ships; what takes long runs on a thread of the job.
 */
final class PrimaryCopyJob {

	private static final long POLL_MILLIS = 50;

	private final NodeIdentity identity;

	private final PrimaryDatabase database;

	private final PrimaryWalState state;

	private final PrimaryMark mark;

	private final LtxHeader header;

	private final PrimaryShipper shipper;

	private final PrimaryEncoder encoder;

	private final Runnable wake;

	private @Nullable Connection connection;

	private volatile PrimaryEncoder.@Nullable EncodedFile file;

	private volatile @Nullable LogWriter writer;

	private volatile @Nullable Exception failure;

	private volatile boolean running;

	private volatile boolean sent;

	private volatile boolean abandoned;

	private @Nullable Thread thread;

	private PrimaryCopyJob(NodeIdentity identity, PrimaryDatabase database, Connection connection,
			PrimaryWalState state, PrimaryMark mark, LtxHeader header, PrimaryShipper shipper, PrimaryEncoder encoder,
			Runnable wake) {
		this.identity = identity;
		this.database = database;
		this.connection = connection;
		this.state = state;
		this.mark = mark;
		this.header = header;
		this.shipper = shipper;
		this.encoder = encoder;
		this.wake = wake;
	}

	/**
	 * Begins the read transaction of a copy.
	 */
	static PrimaryCopyJob begin(NodeIdentity identity, PrimaryDatabase database, long txid, PrimaryShipper shipper,
			PrimaryEncoder encoder, Instant timestamp, Runnable wake) throws IOException, SQLException {
		Connection connection = DatabaseConnections.connect(database.path(), Duration.ofSeconds(1));
		try {
			PrimaryWalState state = database.beginRead(connection);
			PrimaryMark mark = new PrimaryMark(txid, database.end(state), database.pages(state));
			LtxHeader header = PrimaryFullCopy.header(database, state, mark.pages(), txid, txid, timestamp);
			return new PrimaryCopyJob(identity, database, connection, state, mark, header, shipper, encoder, wake);
		}
		catch (IOException | SQLException | RuntimeException ex) {
			connection.close();
			throw ex;
		}
	}

	PrimaryMark mark() {
		return this.mark;
	}

	/**
	 * Reads the database, unless that has been done, and sends the copy.
	 */
	void start() {
		this.failure = null;
		this.running = true;
		Thread created = new Thread(this::run, "ha-copy-" + this.identity.cluster());
		created.setDaemon(true);
		created.start();
		this.thread = created;
	}

	boolean isRunning() {
		return this.running;
	}

	boolean isEncoded() {
		return this.file != null;
	}

	boolean isSent() {
		return this.sent;
	}

	@Nullable Exception failure() {
		return this.failure;
	}

	/**
	 * Returns through which writer it has been sent last.
	 */
	@Nullable LogWriter writer() {
		return this.writer;
	}

	long size() {
		PrimaryEncoder.EncodedFile encoded = this.file;
		return (encoded != null) ? encoded.size() : 0;
	}

	private void run() {
		try {
			PrimaryEncoder.EncodedFile encoded = this.file;
			if (encoded == null) {
				encoded = encode();
				this.file = encoded;
			}
			send(encoded);
			this.sent = true;
		}
		catch (IOException | SQLException | RuntimeException ex) {
			this.failure = ex;
		}
		finally {
			this.running = false;
			this.wake.run();
		}
	}

	private PrimaryEncoder.EncodedFile encode() throws IOException, SQLException {
		try {
			PrimaryImage image = new PrimaryImage(this.database, this.database.newWalReader(), this.state);
			return this.encoder.encode(image, this.header, () -> this.abandoned);
		}
		finally {
			closeConnection();
		}
	}

	private void send(PrimaryEncoder.EncodedFile encoded) {
		LogWriter open = this.shipper.requireWriter();
		this.writer = open;
		Instant timestamp = Instant.ofEpochMilli(this.header.timestamp());
		await(open.append(LtxName.batch(this.mark.txid()), timestamp, encoded));
		if (this.mark.txid() == 1) {
			// after the batch, so that nobody finds a snapshot of what is not there
			await(open.append(LtxName.snapshot(1), timestamp, encoded));
		}
	}

	private void await(CompletableFuture<?> outcome) {
		while (true) {
			try {
				outcome.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
				return;
			}
			catch (TimeoutException ex) {
				if (this.abandoned) {
					throw new HaClusterException("The copy of the database was abandoned", ex);
				}
			}
			catch (ExecutionException ex) {
				if (ex.getCause() instanceof HaClusterException known) {
					throw known;
				}
				throw new HaClusterException("The copy of the database could not be appended: " + ex.getMessage(), ex);
			}
			catch (InterruptedException ex) {
				throw new HaClusterException("The copy of the database was interrupted", ex);
			}
		}
	}

	/**
	 * Gives it up.
	 * @param timeout how long to wait for the thread
	 */
	void abandon(Duration timeout) {
		this.abandoned = true;
		Thread started = this.thread;
		if (started != null) {
			try {
				started.join(Math.max(1, timeout.toMillis()));
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		close();
	}

	/**
	 * Removes what is staged.
	 */
	void close() {
		PrimaryEncoder.EncodedFile encoded = this.file;
		if (encoded != null) {
			encoded.close();
		}
	}

	private void closeConnection() throws SQLException {
		Connection open = this.connection;
		this.connection = null;
		if (open != null) {
			open.close();
		}
	}

}
