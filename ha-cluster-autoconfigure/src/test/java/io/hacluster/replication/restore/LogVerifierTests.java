package io.hacluster.replication.restore;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.TestLog;
import io.hacluster.replication.ltx.LtxName;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link LogVerifier}.
 */
class LogVerifierTests {

	@TempDir
	private Path directory;

	private TestLog log;

	@BeforeEach
	void setUp() throws Exception {
		this.log = new TestLog(this.directory.resolve("log"), this.directory.resolve("source.db"));
		for (int i = 0; i < 6; i++) {
			this.log.transferAndShip(i);
		}
	}

	@AfterEach
	void tearDown() throws Exception {
		this.log.close();
	}

	@Test
	void verifyWhenSoundIsGood() {
		LogReport report = verify(this.log.store());
		assertThat(report.isGood()).isTrue();
		assertThat(report.files()).hasSize(6);
		assertThat(report.reached()).isEqualTo(6);
	}

	@Test
	void verifyWhenATransactionIsMissingSaysSo() {
		this.log.retire(LtxName.batch(4)::equals);
		LogReport report = verify(this.log.store());
		assertThat(report.isGood()).isFalse();
		assertThat(report.reached()).isEqualTo(3);
	}

	@Test
	void verifyWhenCompactedAndRetiredMeanwhileReadsWhatReplacesIt() {
		ReplicaStore compacting = mock(ReplicaStore.class, delegatesTo(this.log.store()));
		List<List<LogEntry>> listings = new ArrayList<>();
		doAnswer((call) -> {
			listings.add(this.log.store().list());
			if (listings.size() == 1) {
				this.log.merge(1, 2, 3);
				this.log.retire(Set.of(LtxName.batch(2), LtxName.batch(3))::contains);
			}
			else if (listings.size() == 2) {
				lift(new LtxName(1, 2, 3));
			}
			return listings.get(listings.size() - 1);
		}).when(compacting).list();
		LogReport report = verify(compacting);
		assertThat(report.problems()).isEmpty();
		assertThat(report.isGood()).isTrue();
		assertThat(report.reached()).isEqualTo(6);
		assertThat(report.files()).extracting((file) -> file.entry().name())
			.containsExactly(LtxName.batch(1), LtxName.batch(4), LtxName.batch(5), LtxName.batch(6),
					new LtxName(2, 2, 3));
	}

	/**
	 * Compacts a single file into the next level.
	 */
	private void lift(LtxName name) throws Exception {
		LogEntry entry = this.log.store().list().stream().filter((file) -> file.name().equals(name)).findAny().get();
		try (InputStream in = this.log.store().open(entry)) {
			this.log.append(new LtxName(name.level() + 1, name.minTxid(), name.maxTxid()), in.readAllBytes());
		}
		this.log.retire(name::equals);
	}

	private static LogReport verify(ReplicaStore log) {
		return new LogVerifier(log, TestLog.identity("reader")).verify(RestoreListener.NONE);
	}

}
