package io.hacluster.replication.primary;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.function.BooleanSupplier;

import io.hacluster.replication.ltx.LtxHeader;

/**
 * The database at one transaction of the log, kept readable by a read transaction of its
 * own. Used and closed by one thread, which need not be the one that ships.
 *
 * @param connection holds the read transaction
 * @param database the database
 * @param state where the transaction began
 * @param txid the transaction of the log
 * @param timestamp the time for the snapshot
 */
record SnapshotSource(Connection connection, PrimaryDatabase database, PrimaryWalState state, long txid,
		Instant timestamp) implements AutoCloseable {

	/**
	 * Copies the database.
	 * @param encoder makes the file
	 * @param stop asked now and then
	 * @return a snapshot of all transactions up to this one
	 */
	PrimaryEncoder.EncodedFile copy(PrimaryEncoder encoder, BooleanSupplier stop) throws IOException {
		PrimaryImage image = new PrimaryImage(this.database, this.database.newWalReader(), this.state);
		LtxHeader header = PrimaryFullCopy.header(this.database, this.state, image.pages(), 1, this.txid,
				this.timestamp);
		return encoder.encode(image, header, stop);
	}

	@Override
	public void close() throws SQLException {
		this.connection.close();
	}

}
