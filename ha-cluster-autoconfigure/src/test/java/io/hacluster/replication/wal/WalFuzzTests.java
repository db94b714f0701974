package io.hacluster.replication.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.test.Fuzz;
import io.hacluster.test.Seeds;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Damages write-ahead logs in every place and way: what is read are the transactions
 * before the damage, or the answer is one {@link WalChangedException}. Memory is bounded
 * by 1 MiB and 16 bytes for each byte of the log. At least 140,000 inputs.
 */
class WalFuzzTests {

	private static final long ALL = Long.MAX_VALUE;

	private final Fuzz fuzz = new Fuzz(1 << 20, 16);

	@TempDir
	private Path directory;

	private FileChannel channel;

	@BeforeEach
	void openLog() throws IOException {
		this.channel = FileChannel.open(this.directory.resolve("log"), StandardOpenOption.CREATE,
				StandardOpenOption.READ, StandardOpenOption.WRITE);
	}

	@AfterEach
	void closeLog() throws IOException {
		this.channel.close();
	}

	@Test
	void readWhenTruncatedAnywhereReadsWholeTransactionsOnly() throws Exception {
		for (Log log : logs()) {
			for (int length = 0; length < log.bytes.length; length++) {
				assertSound(log, Arrays.copyOf(log.bytes, length), length);
			}
		}
		assertThat(this.fuzz.inputs()).isGreaterThan(50_000);
	}

	@Test
	void readWhenAByteIsChangedReadsTheTransactionsBefore() throws Exception {
		Random random = new Random(3);
		for (Log log : logs()) {
			for (int position = 0; position < log.bytes.length; position++) {
				byte[] changed = log.bytes.clone();
				changed[position] ^= (byte) (random.nextBoolean() ? 1 << random.nextInt(8) : 1 + random.nextInt(255));
				assertSound(log, changed, position);
			}
		}
		assertThat(this.fuzz.inputs()).isGreaterThan(50_000);
	}

	@Test
	void readWhenDamagedReadsTheTransactionsBeforeOrSaysThatItHasChanged() throws Exception {
		List<Log> logs = logs();
		List<byte[]> pieces = logs.stream().map((log) -> log.bytes).toList();
		Seeds.run(200, (random) -> {
			Log log = logs.get(random.nextInt(logs.size()));
			for (int i = 0; i < 100; i++) {
				byte[] damaged = Fuzz.damage(log.bytes, pieces, random);
				int same = Arrays.mismatch(log.bytes, damaged);
				assertSound(log, damaged, (same < 0) ? damaged.length : same);
			}
		});
		assertThat(this.fuzz.inputs()).isGreaterThanOrEqualTo(40_000);
	}

	/**
	 * What is read from the beginning ends with the last transaction before the damage;
	 * from a place within the log, likewise, or the log is said to have changed.
	 */
	private void assertSound(Log log, byte[] damaged, int undamaged) throws Exception {
		this.channel.truncate(0);
		this.channel.write(ByteBuffer.wrap(damaged), 0);
		long expected = log.lastCommitBefore(undamaged);
		Long end = this.fuzz.parse(damaged, (bytes) -> readAll(log));
		if (undamaged >= WalHeader.SIZE) {
			assertThat(end).isEqualTo(expected);
		}
		else {
			assertThat(end).isIn(null, (long) WalHeader.SIZE);
		}
		WalPosition middle = log.commits.get(1);
		Long resumed = this.fuzz.parse(damaged, (bytes) -> readFrom(log, middle));
		if (undamaged >= middle.offset()) {
			assertThat(resumed).isEqualTo(expected);
		}
		else {
			assertThat(resumed).as("resumed in a log damaged at %d", undamaged).isIn(log.outcomes());
		}
	}

	private @Nullable Long readAll(Log log) throws IOException {
		WalReader reader = new WalReader(this.channel);
		Optional<WalHeader> header = reader.header();
		if (header.isEmpty()) {
			return null;
		}
		WalPosition start = WalPosition.start(header.get());
		WalBatch batch = reader.read(start, header.get().pageSize(), ALL);
		assertThat(reader.isUnchanged(batch.end())).isTrue();
		assertThat(reader.locate(start.salt1(), start.salt2(), batch.end().offset())).contains(batch.end());
		assertThat(log.commits.contains(batch.end()) || batch.isEmpty()).isTrue();
		return batch.end().offset();
	}

	private @Nullable Long readFrom(Log log, WalPosition position) throws IOException {
		try {
			WalBatch batch = new WalReader(this.channel).read(position, log.pageSize, ALL);
			assertThat(batch.pages().values()).allMatch((offset) -> offset >= position.offset());
			return batch.end().offset();
		}
		catch (WalChangedException ex) {
			assertThat(ex).hasMessageStartingWith("The write-ahead log ");
			return null;
		}
	}

	private static List<Log> logs() {
		List<Log> logs = new ArrayList<>();
		Random random = new Random(1);
		for (boolean bigEndian : new boolean[] { false, true }) {
			logs.add(Log.random(WalHeader.create(bigEndian, 512, 1, random.nextInt(), random.nextInt()), 6, random));
			logs.add(Log.random(WalHeader.create(bigEndian, 1024, 7, -1, random.nextInt()), 3, random));
		}
		return logs;
	}

	/**
	 * A log, with the places where its transactions end.
	 */
	private record Log(byte[] bytes, int pageSize, List<WalPosition> commits) {

		static Log random(WalHeader header, int transactions, Random random) {
			int frames = 2 * transactions + 1;
			ByteBuffer target = ByteBuffer.allocate(WalHeader.SIZE + frames * header.frameSize());
			target.put(header.encode());
			WalEncoder encoder = new WalEncoder(header);
			List<WalPosition> commits = new ArrayList<>();
			commits.add(encoder.position());
			byte[] page = new byte[header.pageSize()];
			for (int i = 0; i < frames; i++) {
				random.nextBytes(page);
				boolean commit = i % 2 == 1;
				encoder.encode(1 + random.nextInt(9), commit ? 9 : 0, page, 0, target);
				if (commit) {
					commits.add(encoder.position());
				}
			}
			return new Log(target.array(), header.pageSize(), List.copyOf(commits));
		}

		long lastCommitBefore(int length) {
			return this.commits.stream()
				.mapToLong(WalPosition::offset)
				.filter((offset) -> offset <= length)
				.max()
				.orElse(WalHeader.SIZE);
		}

		List<Long> outcomes() {
			List<Long> outcomes = new ArrayList<>(this.commits.stream().map(WalPosition::offset).toList());
			outcomes.add(null);
			return outcomes;
		}

	}

}
