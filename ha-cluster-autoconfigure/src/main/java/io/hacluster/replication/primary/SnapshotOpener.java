package io.hacluster.replication.primary;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

import io.hacluster.replication.connection.DatabaseConnections;

/**
 * Begins snapshots at the very end of a transaction of the log, without keeping anybody
 * out: shipping goes exactly as far as the snapshot's read transaction sees. Used by the
 * thread that ships.
 */
final class SnapshotOpener {

	private final PrimaryTransfer transfer;

	private final PrimaryHold hold;

	private final PrimaryShipper shipper;

	private final Duration busyTimeout;

	private final Clock clock;

	SnapshotOpener(PrimaryTransfer transfer, PrimaryHold hold, PrimaryShipper shipper, Duration busyTimeout,
			Clock clock) {
		this.transfer = transfer;
		this.hold = hold;
		this.shipper = shipper;
		this.busyTimeout = busyTimeout;
		this.clock = clock;
	}

	/**
	 * Begins a read transaction for a snapshot exactly at a transaction of the log.
	 * @return the source, empty if the log cannot be brought up to there now
	 */
	Optional<SnapshotSource> open(Duration timeout) throws IOException, SQLException {
		PrimaryDatabase database = this.hold.held();
		PrimaryCapture current = this.transfer.capture();
		if (database == null || current == null || !this.shipper.isOpen()) {
			return Optional.empty();
		}
		Connection connection = DatabaseConnections.connect(database.path(), this.busyTimeout);
		boolean handedOut = false;
		try {
			PrimaryWalState state = database.beginRead(connection);
			if (!this.transfer.shipAll(state, timeout)) {
				return Optional.empty();
			}
			handedOut = true;
			return Optional
				.of(new SnapshotSource(connection, database, state, current.mark().txid(), this.clock.instant()));
		}
		finally {
			if (!handedOut) {
				connection.close();
			}
		}
	}

}
