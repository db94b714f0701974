package io.hacluster.replication.restore;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.hacluster.StoreUnavailableException;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.TestLog;
import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.LtxReader;
import io.hacluster.replication.ltx.LtxWriter;
import io.hacluster.replication.restore.RestoreRequest.Check;
import io.hacluster.test.LitestreamBug;
import io.hacluster.test.ReadOnlyDirectory;
import io.hacluster.test.SmallDisk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link Restorer} on a real database.
 */
class RestorerTests {

	@TempDir
	Path directory;

	private TestLog log;

	private Path targets;

	@BeforeEach
	void setUp() throws Exception {
		this.log = new TestLog(this.directory.resolve("log"), this.directory.resolve("source.db"));
		this.targets = Files.createDirectory(this.directory.resolve("targets"));
	}

	@AfterEach
	void tearDown() throws Exception {
		this.log.close();
	}

	@Test
	void restoreOfTheLatestStateIsTheSourceRowByRow() throws Exception {
		this.log.ship();
		ship(0, 10);
		this.log.snapshot();
		ship(10, 5);
		AtomicInteger files = new AtomicInteger();
		RestoreResult result = restorer().restore(request().checked(Check.FULL), new RestoreListener() {

			@Override
			public void fileDone() {
				files.incrementAndGet();
			}

		});
		assertThat(result.txid()).isEqualTo(16);
		assertThat(result.files()).isEqualTo(6).isEqualTo(files.get());
		assertThat(result.databaseBytes()).isEqualTo(Files.size(target()));
		assertThat(rows(target())).isEqualTo(rows(this.log.source().path()));
		assertOnlyTarget();
	}

	@Test
	void restoreOfATransactionIsTheStateRightAfterIt() throws Exception {
		this.log.ship();
		ship(0, 3);
		List<String> then = rows(this.log.source().path());
		ship(3, 5);
		assertThat(restorer().restore(request().at(RestorePoint.transaction(4)), RestoreListener.NONE).txid())
			.isEqualTo(4);
		assertThat(rows(target())).isEqualTo(then);
	}

	@Test
	void restoreBeforeAMomentIsTheStateOfThen() throws Exception {
		Instant start = Instant.parse("2026-03-01T12:00:00Z");
		for (int i = 1; i <= 4; i++) {
			if (i > 1) {
				this.log.source().transfer(i);
			}
			byte[] file = this.log.source().capture();
			this.log.append(LtxName.batch(i), start.plusSeconds(i), file);
		}
		RestoreResult result = restorer().restore(request().at(RestorePoint.before(start.plusSeconds(3))),
				RestoreListener.NONE);
		assertThat(result.txid()).isEqualTo(2);
		assertThat(result.timestamp()).isEqualTo(start.plusSeconds(2));
		assertThat(count("entry")).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 512, 65536 })
	void restoreWhenPagesAreOfAnotherSizeIsTheSource(int pageSize) throws Exception {
		try (TestLog other = new TestLog(this.directory.resolve("log" + pageSize),
				this.directory.resolve("source" + pageSize + ".db"), pageSize)) {
			other.ship();
			for (int i = 0; i < 20; i++) {
				other.transferAndShip(i);
			}
			new Restorer(other.store(), TestLog.identity("node")).restore(request().checked(Check.FULL),
					RestoreListener.NONE);
			assertThat(rows(target())).isEqualTo(rows(other.source().path()));
		}
	}

	@Test
	void restoreWhenTheDatabaseShrankAndGrewIsTheSourceLitestream875() throws Exception {
		this.log.ship();
		ship(0, 40);
		this.log.source().execute("DELETE FROM entry");
		this.log.source().execute("PRAGMA incremental_vacuum");
		this.log.ship();
		restore();
		assertThat(rows(target())).isEqualTo(rows(this.log.source().path()));
		assertThat(Files.size(target())).isEqualTo(this.log.source().query("PRAGMA page_count") * 4096);
		ship(40, 20);
		restorer().restore(request().overwriting().checked(Check.FULL), RestoreListener.NONE);
		assertThat(rows(target())).isEqualTo(rows(this.log.source().path()));
	}

	@Test
	void restoreWhenItGrowsAgainDoesNotBringBackPagesThatWereCutOffLitestream875() throws Exception {
		append(1, 512, 3, 1, 2, 3);
		append(2, 512, 1, 1);
		append(3, 512, 3, 1);
		restore();
		assertThat(Files.readAllBytes(target())).hasSize(3 * 512);
		assertThat(page(2)).containsOnly(0);
		assertThat(page(3)).containsOnly(0);
	}

	@Test
	void restoreWhenThePageSizeChangesTakesAFileWithAllPagesOnly() throws Exception {
		append(1, 512, 3, 1, 2, 3);
		append(2, 1024, 2, 1, 2);
		restore();
		assertThat(Files.size(target())).isEqualTo(2 * 1024);
		append(3, 2048, 2, 2);
		assertFails(request().overwriting()).withMessageContaining("transaction 2")
			.withMessageContaining("0000000000000003-0000000000000003.ltx");
		assertThat(Files.size(target())).isEqualTo(2 * 1024);
	}

	@LitestreamBug(16)
	@Test
	void restoreWhenAFileWasRetiredMeanwhilePlansAgainLitestream1270And1307() throws Exception {
		this.log.ship();
		ship(0, 10);
		AtomicInteger opened = new AtomicInteger();
		ReplicaStore store = opening((entry) -> {
			if (entry.name().maxTxid() == 5 && opened.getAndIncrement() == 0) {
				// What compaction and retention do while the restore is under way
				this.log.append(new LtxName(1, 5, 6), merged(5, 6));
				this.log.writer().retire(entry);
				throw new FileNotFoundException("retired");
			}
			return this.log.store().open(entry);
		});
		AtomicInteger plans = new AtomicInteger();
		RestoreResult result = restorer(store).restore(request(), new RestoreListener() {

			@Override
			public void planned(int files, long bytes) {
				plans.incrementAndGet();
			}

		});
		assertThat(plans).hasValue(2);
		assertThat(result.txid()).isEqualTo(11);
		assertThat(rows(target())).isEqualTo(rows(this.log.source().path()));
	}

	@Test
	void restoreWhenFilesKeepVanishingGivesUp() throws Exception {
		this.log.ship();
		ReplicaStore store = opening((entry) -> {
			throw new FileNotFoundException("retired");
		});
		assertThatExceptionOfType(RestoreException.class)
			.isThrownBy(() -> restorer(store).restore(request(), RestoreListener.NONE))
			.withMessageContaining("changes faster");
		assertNothing();
	}

	@Test
	void restoreWhenAFileIsDamagedTakesAnotherWayAndSaysSo() throws Exception {
		this.log.ship();
		ship(0, 5);
		byte[] snapshot = this.log.source().snapshot();
		snapshot[snapshot.length / 2] ^= 1;
		this.log.append(LtxName.snapshot(6), snapshot);
		List<String> damaged = new ArrayList<>();
		restorer().restore(request(), new RestoreListener() {

			@Override
			public void damaged(String message) {
				damaged.add(message);
			}

		});
		assertThat(damaged).singleElement().asString().startsWith("ltx/9/");
		assertThat(rows(target())).isEqualTo(rows(this.log.source().path()));
	}

	@Test
	void restoreWhenTheOnlyWayIsDamagedFailsAndLeavesNothing() throws Exception {
		this.log.ship();
		ship(0, 5);
		this.log.source().transfer(6);
		byte[] file = this.log.source().capture();
		file[file.length - 1] ^= 1;
		this.log.append(LtxName.batch(7), file);
		assertFails(request()).withMessageContaining("0000000000000007-0000000000000007.ltx")
			.withMessageContaining("asking for transaction 6");
		assertNothing();
	}

	@Test
	void restoreWhenAFileHoldsOtherTransactionsThanItsNameFails() throws Exception {
		this.log.ship();
		this.log.source().transfer(1);
		byte[] file = this.log.source().capture();
		this.log.append(LtxName.batch(2), file);
		this.log.append(LtxName.batch(3), file);
		assertFails(request()).withMessageContaining("0000000000000003-0000000000000003.ltx");
		assertNothing();
	}

	@Test
	void restoreWhenTheStoreDoesNotAnswerPassesThatOn() throws Exception {
		this.log.ship();
		ReplicaStore store = opening((entry) -> {
			throw new StoreUnavailableException("NATS is away", null);
		});
		assertThatExceptionOfType(StoreUnavailableException.class)
			.isThrownBy(() -> restorer(store).restore(request(), RestoreListener.NONE))
			.withMessage("NATS is away");
		assertNothing();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "-wal", "-shm", "-journal" })
	void restoreOverAnythingThatExistsIsRefused(String suffix) throws Exception {
		this.log.ship();
		Path existing = this.targets.resolve("target.db" + suffix);
		Files.writeString(existing, "precious");
		assertFails(request()).withMessageStartingWith(existing + " exists");
		assertThat(existing).hasContent("precious");
		assertThat(this.targets).isDirectoryContaining((path) -> path.equals(existing));
	}

	@Test
	void restoreWhenTheTargetAppearsMeanwhileLeavesItAlone() throws Exception {
		this.log.ship();
		RestoreListener listener = new RestoreListener() {

			@Override
			public void finishing() {
				try {
					Files.writeString(target(), "precious");
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			}

		};
		assertThatExceptionOfType(RestoreException.class).isThrownBy(() -> restorer().restore(request(), listener));
		assertThat(target()).hasContent("precious");
		assertOnlyTarget();
	}

	@Test
	void restoreWhenOverwritingReplacesTheDatabaseAndWhatLiesBesideIt() throws Exception {
		this.log.ship();
		for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
			Files.writeString(this.targets.resolve("target.db" + suffix), "old");
		}
		Files.setPosixFilePermissions(target(), PosixFilePermissions.fromString("rw-r-----"));
		restorer().restore(request().overwriting(), RestoreListener.NONE);
		assertOnlyTarget();
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target()))).isEqualTo("rw-r-----");
		assertThat(rows(target())).isEqualTo(rows(this.log.source().path()));
	}

	@Test
	void restoreWhenAnotherProcessHasTheDatabaseOpenIsRefused() throws Exception {
		this.log.ship();
		restore();
		try (LockingProcess process = LockingProcess.start(target())) {
			assertFails(request().overwriting()).withMessageContaining("another process works with it");
			process.close();
		}
		restorer().restore(request().overwriting(), RestoreListener.NONE);
	}

	@Test
	void restoreWhereANodeRunsThatHasNoDatabaseThereYetIsRefused() throws Exception {
		this.log.ship();
		Path lock = Files.createDirectory(this.targets.resolve("target.db-ha")).resolve("lock");
		try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
			channel.lock();
			assertFails(request()).withMessageContaining("a node of the cluster works with it");
			assertFails(request().overwriting()).withMessageContaining("a node of the cluster works with it");
			assertThat(target()).doesNotExist();
		}
		restore();
		assertThat(target()).exists();
	}

	@Test
	void restoreWhenAFormerOneWasKilledTakesItsFileOver() throws Exception {
		this.log.ship();
		Files.write(this.targets.resolve("target.db.restoring"), new byte[10_000_000]);
		restore();
		assertOnlyTarget();
		assertThat(rows(target())).isEqualTo(rows(this.log.source().path()));
	}

	@Test
	void restoreWhenAnotherOneIsUnderWayIsRefused() throws Exception {
		this.log.ship();
		Path file = this.targets.resolve("target.db.restoring");
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
			channel.lock(0, 1, false);
			assertFails(request()).withMessageContaining("Another process restores");
			assertThat(file).exists();
		}
	}

	@Test
	void restoreIntoWhatIsNotADirectoryOrIsOneSaysSo() throws Exception {
		this.log.ship();
		assertFails(RestoreRequest.to(this.targets)).withMessageContaining("is a directory");
		assertFails(RestoreRequest.to(this.targets.resolve("missing/target.db")))
			.withMessageContaining("does not exist");
	}

	@Test
	void restoreIntoAReadOnlyDirectorySaysSo() throws Exception {
		this.log.ship();
		try (ReadOnlyDirectory readOnly = ReadOnlyDirectory.create(this.directory.resolve("read-only"))) {
			assertFails(RestoreRequest.to(readOnly.path().resolve("target.db"))).withMessageContaining("Cannot write");
		}
	}

	@Test
	void restoreWhenTheDiskIsFullSaysSoAndLeavesNothing() throws Exception {
		this.log.ship();
		this.log.source().execute("INSERT INTO entry(filler) VALUES (randomblob(3000000))");
		this.log.ship();
		try (SmallDisk disk = SmallDisk.mount(this.directory.resolve("disk"), "1m")) {
			assertFails(RestoreRequest.to(disk.path().resolve("target.db"))).withMessageContaining("the disk is full");
			assertThat(disk.path()).isEmptyDirectory();
		}
	}

	@Test
	void restoreWhenInterruptedLeavesNothing() throws Exception {
		this.log.ship();
		ship(0, 5);
		CountDownLatch blocked = new CountDownLatch(1);
		ReplicaStore store = opening((entry) -> {
			if (entry.name().maxTxid() == 4) {
				blocked.countDown();
				await(new CountDownLatch(1));
			}
			return this.log.store().open(entry);
		});
		AtomicReference<Throwable> outcome = new AtomicReference<>();
		Thread thread = new Thread(() -> {
			try {
				restorer(store).restore(request(), RestoreListener.NONE);
			}
			catch (RuntimeException ex) {
				outcome.set(ex);
			}
		});
		thread.start();
		assertThat(blocked.await(60, TimeUnit.SECONDS)).isTrue();
		thread.interrupt();
		thread.join(60_000);
		assertThat(outcome.get()).isInstanceOf(RestoreException.class).hasMessageContaining("interrupted");
		assertNothing();
	}

	@Test
	void restoreWhenSqliteFindsTheResultDamagedKeepsNothing() throws Exception {
		append(1, 512, 3, 1, 2, 3);
		assertFails(request().checked(Check.QUICK)).withMessageContaining("was not kept");
		assertNothing();
	}

	private static void await(CountDownLatch latch) throws IOException {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IOException(ex);
		}
	}

	private void ship(int first, int count) throws Exception {
		for (int i = first; i < first + count; i++) {
			this.log.transferAndShip(i);
		}
	}

	/** Appends a file whose pages are filled with the transaction. */
	private void append(long txid, int pageSize, long commit, long... pages) throws Exception {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		LtxWriter writer = new LtxWriter(out, LtxHeader.noChecksum(pageSize, commit, txid, txid, 0));
		byte[] page = new byte[pageSize];
		Arrays.fill(page, (byte) txid);
		for (long pgno : pages) {
			writer.writePage(pgno, page, 0);
		}
		writer.finish();
		this.log.append(LtxName.batch(txid), out.toByteArray());
	}

	private byte[] merged(long first, long second) throws Exception {
		TreeMap<Long, byte[]> pages = new TreeMap<>();
		LtxHeader header = null;
		for (LogEntry entry : this.log.store().list()) {
			long txid = entry.name().maxTxid();
			if (entry.name().level() == 0 && (txid == first || txid == second)) {
				try (LtxReader reader = new LtxReader(this.log.store().open(entry))) {
					header = reader.header();
					while (reader.next()) {
						pages.put(reader.pgno(), reader.page().clone());
					}
				}
			}
		}
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		LtxWriter writer = new LtxWriter(out,
				LtxHeader.noChecksum(header.pageSize(), header.commit(), first, second, 0));
		for (Map.Entry<Long, byte[]> page : pages.entrySet()) {
			writer.writePage(page.getKey(), page.getValue(), 0);
		}
		writer.finish();
		return out.toByteArray();
	}

	private void restore() {
		restorer().restore(request(), RestoreListener.NONE);
	}

	private Restorer restorer() {
		return restorer(this.log.store());
	}

	private static Restorer restorer(ReplicaStore store) {
		return new Restorer(store, TestLog.identity("node"));
	}

	private RestoreRequest request() {
		return RestoreRequest.to(target());
	}

	private ThrowableAssertAlternative<RestoreException> assertFails(RestoreRequest request) {
		return assertThatExceptionOfType(RestoreException.class)
			.isThrownBy(() -> restorer().restore(request, RestoreListener.NONE));
	}

	private Path target() {
		return this.targets.resolve("target.db");
	}

	private byte[] page(int pgno) throws IOException {
		byte[] bytes = Files.readAllBytes(target());
		return Arrays.copyOfRange(bytes, (pgno - 1) * 512, pgno * 512);
	}

	private void assertNothing() {
		assertThat(this.targets).isEmptyDirectory();
	}

	private void assertOnlyTarget() throws IOException {
		try (Stream<Path> files = Files.list(this.targets)) {
			assertThat(files).containsExactly(target());
		}
	}

	private ReplicaStore opening(Opener opener) throws Exception {
		ReplicaStore store = mock(ReplicaStore.class, delegatesTo(this.log.store()));
		doAnswer((call) -> opener.open(call.getArgument(0))).when(store).open(any());
		return store;
	}

	private long count(String table) throws Exception {
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + target());
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("SELECT count(*) FROM " + table)) {
			return result.getLong(1);
		}
	}

	private List<String> rows(Path database) throws Exception {
		Path copy = Files.createTempDirectory(this.directory, "copy").resolve("copy.db");
		for (String suffix : List.of("", "-wal")) {
			Path file = database.resolveSibling(database.getFileName() + suffix);
			if (Files.exists(file)) {
				Files.copy(file, copy.resolveSibling("copy.db" + suffix));
			}
		}
		List<String> rows = new ArrayList<>();
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy);
				Statement statement = connection.createStatement()) {
			for (String sql : List.of("PRAGMA integrity_check",
					"SELECT id || ' ' || balance || ' ' || hex(note) FROM account ORDER BY id",
					"SELECT n || ' ' || hex(filler) FROM entry ORDER BY n")) {
				try (ResultSet result = statement.executeQuery(sql)) {
					while (result.next()) {
						rows.add(result.getString(1));
					}
				}
			}
		}
		assertThat(rows).first().isEqualTo("ok");
		return rows;
	}

	private interface Opener {

		InputStream open(LogEntry entry) throws Exception;

	}

}
