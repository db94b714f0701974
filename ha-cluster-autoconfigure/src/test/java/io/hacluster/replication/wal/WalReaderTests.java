package io.hacluster.replication.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link WalReader} against logs that SQLite itself writes.
 */
class WalReaderTests {

	private static final int PAGE = 4096;

	private static final int FRAME = PAGE + 24;

	private static final long ALL = Long.MAX_VALUE;

	@TempDir
	private Path directory;

	/**
	 * Without power-safe overwrite SQLite pads a transaction to whole sectors by
	 * repeating its last frame.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 512, 1024, 4096, 32768, 65536 })
	void readWhenCommitsFollowOneAnotherReadsWhatSqliteHolds(int pageSize) throws Exception {
		try (WalDatabase database = new WalDatabase(this.directory, pageSize, "psow=0");
				FileChannel channel = database.openWal()) {
			WalReader reader = new WalReader(channel);
			WalPosition position = WalPosition.start(reader.header().orElseThrow());
			byte[] image = new byte[0];
			for (int i = 0; i < 40; i++) {
				database.insert(i * 400);
				WalBatch batch = reader.read(position, pageSize, ALL);
				assertThat(batch.isEmpty()).isFalse();
				assertThat(batch.walOffset()).isEqualTo(position.offset());
				assertThat(batch.walSize()).isEqualTo(batch.frames() * (pageSize + 24));
				image = apply(reader, batch, pageSize, image);
				position = batch.end();
			}
			assertThat(position.offset()).isEqualTo(channel.size());
			assertThat(reader.read(position, pageSize, ALL).isEmpty()).isTrue();
			assertThat(database.checkpoint()).isEqualTo(image);
		}
	}

	@Test
	void readWhenManyFramesFollowReadsThemInOneBatch() throws Exception {
		try (WalDatabase database = new WalDatabase(this.directory, PAGE); FileChannel channel = database.openWal()) {
			for (int i = 0; i < 20; i++) {
				database.insert(100_000);
			}
			WalReader reader = new WalReader(channel);
			WalBatch batch = reader.read(start(reader), PAGE, ALL);
			assertThat(batch.end().offset()).isEqualTo(channel.size());
			assertThat(batch.transactions()).isEqualTo(21);
			assertThat(batch.frames()).isGreaterThan(500).isGreaterThan(batch.pages().size());
			byte[] image = apply(reader, batch, PAGE, new byte[0]);
			assertThat(database.checkpoint()).isEqualTo(image);
		}
	}

	@Test
	void readWhenFramesAreLimitedStopsAtACommit() throws Exception {
		try (WalDatabase database = new WalDatabase(this.directory, PAGE); FileChannel channel = database.openWal()) {
			database.insert(10);
			database.insert(10);
			database.insert(100_000);
			database.insert(10);
			WalReader reader = new WalReader(channel);
			WalBatch whole = reader.read(start(reader), PAGE, ALL);
			for (int limit = 1; limit <= whole.frames() + 1; limit++) {
				byte[] image = new byte[0];
				WalPosition position = start(reader);
				long transactions = 0;
				for (WalBatch batch = reader.read(position, PAGE, limit); !batch.isEmpty(); batch = reader
					.read(position, PAGE, limit)) {
					assertThat(batch.frames() <= limit || batch.transactions() == 1).isTrue();
					image = apply(reader, batch, PAGE, image);
					position = batch.end();
					transactions += batch.transactions();
				}
				assertThat(position).isEqualTo(whole.end());
				assertThat(transactions).isEqualTo(whole.transactions());
				assertThat(image).isEqualTo(apply(reader, whole, PAGE, new byte[0]));
			}
		}
	}

	@Test
	void readWhenEndIsGivenTakesNothingBeyond() throws Exception {
		try (WalDatabase database = new WalDatabase(this.directory, PAGE); FileChannel channel = database.openWal()) {
			WalReader reader = new WalReader(channel);
			WalBatch first = reader.read(start(reader), PAGE, ALL);
			database.insert(10);
			database.insert(10);
			assertThat(reader.read(start(reader), PAGE, ALL, first.end().offset())).isEqualTo(first);
			assertThat(reader.read(start(reader), PAGE, ALL, first.end().offset() + FRAME - 1)).isEqualTo(first);
			assertThat(reader.read(start(reader), PAGE, ALL, first.end().offset() - 1).isEmpty()).isTrue();
		}
	}

	/**
	 * Whatever the length at which a copy of the log ends, only whole transactions are
	 * read from it.
	 */
	@Test
	void readWhenTailIsTornStopsAtTheLastCommit() throws Exception {
		try (WalDatabase database = new WalDatabase(this.directory, 512)) {
			database.insert(10);
			database.insert(1500);
			byte[] log = Files.readAllBytes(database.wal());
			long[] ends = commitEnds(log, 512);
			Path copy = this.directory.resolve("copy");
			for (int length = 32; length <= log.length; length += 7) {
				Files.write(copy, Arrays.copyOf(log, length));
				try (FileChannel channel = FileChannel.open(copy)) {
					WalReader reader = new WalReader(channel);
					int cut = length;
					long expected = Arrays.stream(ends).filter((end) -> end <= cut).max().orElse(32);
					assertThat(reader.read(start(reader), 512, ALL).end().offset()).isEqualTo(expected);
				}
			}
		}
	}

	@Test
	void readWhenABitIsFlippedStopsBeforeThatTransaction() throws Exception {
		try (WalDatabase database = new WalDatabase(this.directory, 512)) {
			database.insert(10);
			database.insert(1500);
			byte[] log = Files.readAllBytes(database.wal());
			long[] ends = commitEnds(log, 512);
			Path copy = this.directory.resolve("copy");
			for (int position = 32; position < log.length; position += 5) {
				byte[] damaged = log.clone();
				damaged[position] ^= 0x40;
				Files.write(copy, damaged);
				try (FileChannel channel = FileChannel.open(copy)) {
					WalReader reader = new WalReader(channel);
					int damage = position;
					long expected = Arrays.stream(ends).filter((end) -> end <= damage).max().orElse(32);
					assertThat(reader.read(start(reader), 512, ALL).end().offset()).isEqualTo(expected);
				}
			}
		}
	}

	@Test
	void readWhenFramesAreNotCommittedLeavesThemOut() throws Exception {
		try (WalDatabase database = new WalDatabase(this.directory, PAGE); FileChannel channel = database.openWal()) {
			WalReader reader = new WalReader(channel);
			WalBatch created = reader.read(start(reader), PAGE, ALL);
			database.execute("PRAGMA cache_size = 5");
			database.execute("BEGIN");
			database.insert(400_000);
			database.insert(400_000);
			assertThat(channel.size()).as("spilled").isGreaterThan(created.end().offset() + 50 * FRAME);
			assertThat(reader.read(created.end(), PAGE, ALL).isEmpty()).isTrue();
			database.execute("ROLLBACK");
			assertThat(reader.read(created.end(), PAGE, ALL).isEmpty()).isTrue();
			database.insert(10);
			WalBatch batch = reader.read(created.end(), PAGE, ALL);
			assertThat(batch.transactions()).isEqualTo(1);
			byte[] image = apply(reader, batch, PAGE, apply(reader, created, PAGE, new byte[0]));
			assertThat(database.checkpoint()).isEqualTo(image);
		}
	}

	/**
	 * A transaction that writes a page again after its cache has spilled overwrites its
	 * own frame in place and corrects the checksums when it commits.
	 */
	@Test
	void readWhenATransactionRewritesItsOwnFramesReadsTheLastContent() throws Exception {
		try (WalDatabase database = new WalDatabase(this.directory, PAGE); FileChannel channel = database.openWal()) {
			WalReader reader = new WalReader(channel);
			WalBatch created = reader.read(start(reader), PAGE, ALL);
			database.execute("PRAGMA cache_size = 5");
			database.execute("BEGIN");
			for (int i = 0; i < 50; i++) {
				database.insert(3000);
			}
			for (int i = 0; i < 5; i++) {
				database.execute("UPDATE t SET v = randomblob(3000)");
				assertThat(reader.read(created.end(), PAGE, ALL).isEmpty()).isTrue();
			}
			database.execute("COMMIT");
			WalBatch batch = reader.read(created.end(), PAGE, ALL);
			assertThat(batch.transactions()).isEqualTo(1);
			byte[] image = apply(reader, batch, PAGE, apply(reader, created, PAGE, new byte[0]));
			assertThat(database.checkpoint()).isEqualTo(image);
		}
	}

	/**
	 * Litestream #875: a page beyond the final size is none.
	 */
	@Test
	void readWhenDatabaseShrinksDropsPagesBeyondItsEnd() throws Exception {
		try (WalDatabase database = new WalDatabase(this.directory, PAGE); FileChannel channel = database.openWal()) {
			WalReader reader = new WalReader(channel);
			database.insert(400_000);
			database.execute("DELETE FROM t");
			database.execute("VACUUM");
			WalBatch batch = reader.read(start(reader), PAGE, ALL);
			assertThat(batch.frames()).isGreaterThan(100);
			assertThat(batch.commit()).isLessThan(10);
			assertThat(batch.pages().lastKey()).isLessThanOrEqualTo(batch.commit());
			byte[] image = apply(reader, batch, PAGE, new byte[0]);
			assertThat(database.checkpoint()).isEqualTo(image);
		}
	}

	@Test
	void readWhenLogWasRestartedThrows() throws Exception {
		try (WalDatabase database = new WalDatabase(this.directory, PAGE); FileChannel channel = database.openWal()) {
			WalReader reader = new WalReader(channel);
			WalHeader before = reader.header().orElseThrow();
			database.insert(100_000);
			WalPosition end = reader.read(start(reader), PAGE, ALL).end();
			assertThat(database.query("PRAGMA wal_checkpoint(RESTART)")).isZero();
			assertThat(reader.read(end, PAGE, ALL).isEmpty()).as("until the next commit").isTrue();
			database.insert(10);
			assertThatExceptionOfType(WalChangedException.class).isThrownBy(() -> reader.read(end, PAGE, ALL))
				.withMessageContaining("was restarted with salts");
			assertThat(reader.isUnchanged(end)).isFalse();
			WalHeader after = reader.header().orElseThrow();
			assertThat(after.salt1()).isEqualTo(before.salt1() + 1);
			assertThat(after.checkpointSequence()).isEqualTo(before.checkpointSequence() + 1);
			WalBatch batch = reader.read(start(reader), PAGE, ALL);
			assertThat(batch.transactions()).as("old frames behind the new ones are not read").isEqualTo(1);
		}
	}

	@Test
	void readWhenLogWasTruncatedThrows() throws Exception {
		try (WalDatabase database = new WalDatabase(this.directory, PAGE); FileChannel channel = database.openWal()) {
			WalReader reader = new WalReader(channel);
			WalPosition end = reader.read(start(reader), PAGE, ALL).end();
			database.checkpoint();
			assertThat(reader.header()).isEmpty();
			assertThat(reader.isUnchanged(end)).isFalse();
			assertThatExceptionOfType(WalChangedException.class).isThrownBy(() -> reader.read(end, PAGE, ALL))
				.withMessageContaining("no valid header");
		}
	}

	/**
	 * Litestream #1037 and #1083: same salts and same size, but other frames.
	 */
	@Test
	void readWhenFramesWereOverwrittenThrows() throws Exception {
		WalHeader header = WalHeader.create(false, 512, 1, 2, 3);
		Path log = this.directory.resolve("log");
		WalPosition first = write(log, header, 1, 'a');
		WalPosition second = write(log, header, 2, 'a');
		try (FileChannel channel = FileChannel.open(log)) {
			WalReader reader = new WalReader(channel);
			assertThat(reader.isUnchanged(first)).isTrue();
			assertThat(reader.isUnchanged(second)).isTrue();
			assertThat(reader.read(second, 512, ALL).isEmpty()).isTrue();
		}
		write(log, header, 2, 'b');
		try (FileChannel channel = FileChannel.open(log)) {
			WalReader reader = new WalReader(channel);
			assertThat(reader.isUnchanged(second)).isFalse();
			assertThatExceptionOfType(WalChangedException.class).isThrownBy(() -> reader.read(second, 512, ALL))
				.withMessageContaining("was overwritten");
		}
		write(log, header, 1, 'a');
		try (FileChannel channel = FileChannel.open(log)) {
			WalReader reader = new WalReader(channel);
			assertThat(reader.isUnchanged(first)).isTrue();
			assertThatExceptionOfType(WalChangedException.class).isThrownBy(() -> reader.read(second, 512, ALL))
				.withMessageContaining("was truncated");
		}
	}

	@Test
	void readWhenPageSizeDiffersThrows() throws Exception {
		try (WalDatabase database = new WalDatabase(this.directory, PAGE); FileChannel channel = database.openWal()) {
			WalReader reader = new WalReader(channel);
			assertThatExceptionOfType(WalChangedException.class).isThrownBy(() -> reader.read(start(reader), 512, ALL))
				.withMessageContaining("pages of 4096 instead of 512 bytes");
		}
	}

	@Test
	void readWhenPositionIsNotBetweenFramesThrows() throws Exception {
		try (WalDatabase database = new WalDatabase(this.directory, PAGE); FileChannel channel = database.openWal()) {
			WalReader reader = new WalReader(channel);
			WalHeader header = reader.header().orElseThrow();
			WalPosition position = new WalPosition(header.salt1(), header.salt2(), 100, 0, 0);
			assertThatExceptionOfType(WalChangedException.class).isThrownBy(() -> reader.read(position, PAGE, ALL))
				.withMessageContaining("no frame that ends there");
		}
	}

	@Test
	void headerWhenLogIsEmptyIsEmpty() throws IOException {
		Path log = Files.createFile(this.directory.resolve("log"));
		try (FileChannel channel = FileChannel.open(log)) {
			assertThat(new WalReader(channel).header()).isEmpty();
			assertThat(new WalReader(channel).locate(1, 2, 32)).isEmpty();
		}
	}

	@Test
	void locateFindsEveryCommitAndNothingElse() throws Exception {
		try (WalDatabase database = new WalDatabase(this.directory, 512); FileChannel channel = database.openWal()) {
			WalReader reader = new WalReader(channel);
			WalHeader header = reader.header().orElseThrow();
			Set<WalPosition> commits = new HashSet<>();
			commits.add(start(reader));
			WalPosition position = reader.read(start(reader), 512, ALL).end();
			commits.add(position);
			for (int i = 0; i < 5; i++) {
				database.insert(3000);
				position = reader.read(position, 512, ALL).end();
				commits.add(position);
			}
			Set<WalPosition> found = new HashSet<>();
			for (long offset = 0; offset <= channel.size() + 536; offset += 8) {
				reader.locate(header.salt1(), header.salt2(), offset).ifPresent(found::add);
			}
			assertThat(found).isEqualTo(commits);
			assertThat(reader.locate(header.salt1() + 1, header.salt2(), 32)).isEmpty();
			assertThat(reader.locate(header.salt1(), header.salt2() + 1, position.offset())).isEmpty();
		}
	}

	@Test
	void readPageWhenLogEndsThrows() throws Exception {
		try (WalDatabase database = new WalDatabase(this.directory, PAGE); FileChannel channel = database.openWal()) {
			assertThatIOException()
				.isThrownBy(() -> new WalReader(channel).readPage(channel.size() - 100, ByteBuffer.allocate(PAGE)))
				.withMessageContaining("within a page");
		}
	}

	@Test
	void readWhileTheWriterAppendsReadsEveryTransactionOnce() throws Exception {
		try (WalDatabase database = new WalDatabase(this.directory, PAGE); FileChannel channel = database.openWal()) {
			database.execute("PRAGMA synchronous = OFF");
			WalReader reader = new WalReader(channel);
			WalPosition position = start(reader);
			CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> insertMany(database));
			byte[] image = new byte[0];
			int transactions = 0;
			boolean written;
			do {
				written = writer.isDone();
				WalBatch batch = reader.read(position, PAGE, 100);
				while (!batch.isEmpty()) {
					image = apply(reader, batch, PAGE, image);
					transactions += batch.transactions();
					position = batch.end();
					batch = reader.read(position, PAGE, 100);
				}
			}
			while (!written);
			writer.get(10, TimeUnit.SECONDS);
			assertThat(transactions).isEqualTo(1001);
			assertThat(database.checkpoint()).isEqualTo(image);
		}
	}

	private static void insertMany(WalDatabase database) {
		try {
			for (int i = 0; i < 1000; i++) {
				database.insert((i % 50 == 0) ? 200_000 : 200);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static WalPosition start(WalReader reader) throws IOException {
		return WalPosition.start(reader.header().orElseThrow());
	}

	private static byte[] apply(WalReader reader, WalBatch batch, int pageSize, byte[] image) throws IOException {
		byte[] result = Arrays.copyOf(image, (int) batch.commit() * pageSize);
		for (Map.Entry<Long, Long> page : batch.pages().entrySet()) {
			int offset = (int) (page.getKey() - 1) * pageSize;
			reader.readPage(page.getValue(), ByteBuffer.wrap(result, offset, pageSize));
		}
		return result;
	}

	private static long[] commitEnds(byte[] log, int pageSize) {
		long[] ends = new long[log.length / (pageSize + 24)];
		for (int i = 0; i < ends.length; i++) {
			int offset = 32 + i * (pageSize + 24);
			ends[i] = (ByteBuffer.wrap(log).getInt(offset + 4) != 0) ? offset + pageSize + 24 : 32;
		}
		return ends;
	}

	private static WalPosition write(Path log, WalHeader header, int transactions, int letter) throws IOException {
		WalEncoder encoder = new WalEncoder(header);
		ByteBuffer buffer = ByteBuffer.allocate(32 + transactions * header.frameSize()).put(header.encode());
		byte[] page = new byte[header.pageSize()];
		for (int i = 1; i <= transactions; i++) {
			page[0] = (byte) ((i == 2) ? letter : i);
			encoder.encode(i, i, page, 0, buffer);
		}
		Files.write(log, buffer.array(), StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
		return encoder.position();
	}

}
