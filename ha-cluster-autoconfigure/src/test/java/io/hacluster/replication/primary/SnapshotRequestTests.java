package io.hacluster.replication.primary;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import io.hacluster.HaClusterException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

/**
 * Tests for {@link SnapshotRequest}. A source that was handed to nobody once kept its
 * read transaction, and each later step-down of that node took 12 seconds.
 */
class SnapshotRequestTests {

	private final Connection connection = mock(Connection.class);

	private final SnapshotSource source = new SnapshotSource(this.connection, mock(PrimaryDatabase.class),
			mock(PrimaryWalState.class), 1, Instant.EPOCH);

	@Test
	void awaitReturnsTheOpenSource() throws Exception {
		SnapshotRequest request = new SnapshotRequest(() -> Optional.of(this.source));
		request.run();
		assertThat(request.await(() -> false)).contains(this.source);
		verify(this.connection, never()).close();
	}

	@Test
	void runWhenNobodyWaitsAnyMoreOpensNothing() {
		AtomicInteger opened = new AtomicInteger();
		SnapshotRequest request = new SnapshotRequest(() -> {
			opened.incrementAndGet();
			return Optional.of(this.source);
		});
		assertThatExceptionOfType(HaClusterException.class).isThrownBy(() -> request.await(() -> true))
			.withMessageContaining("abandoned");
		request.run();
		assertThat(opened).hasValue(0);
	}

	@Test
	void runWhenGivenUpWhileOpeningClosesTheSource() throws SQLException {
		SnapshotRequest[] request = new SnapshotRequest[1];
		request[0] = new SnapshotRequest(() -> {
			assertThatExceptionOfType(HaClusterException.class).isThrownBy(() -> request[0].await(() -> true));
			return Optional.of(this.source);
		});
		request[0].run();
		verify(this.connection).close();
	}

	@Test
	void awaitWhenItCannotBeOpenedSaysWhy() {
		SnapshotRequest request = new SnapshotRequest(() -> {
			throw new IOException("the disk is on fire");
		});
		request.run();
		assertThatExceptionOfType(HaClusterException.class).isThrownBy(() -> request.await(() -> false))
			.withMessageContaining("on fire");
	}

}
