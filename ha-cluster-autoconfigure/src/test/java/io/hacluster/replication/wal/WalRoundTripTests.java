package io.hacluster.replication.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.test.Seeds;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Writes random logs, of all page sizes, both byte orders and any salts, and reads them
 * back in pieces of random size: what was committed, and nothing of what follows it.
 */
class WalRoundTripTests {

	@TempDir
	private Path directory;

	@Test
	void readerReadsWhatWasCommitted() {
		Seeds.run(400, (random) -> {
			WalHeader header = WalHeader.create(random.nextBoolean(), 512 << random.nextInt(8), random.nextInt(),
					random.nextInt(), random.nextInt());
			SortedMap<Long, byte[]> expected = new TreeMap<>();
			Path log = Files.write(this.directory.resolve("log"), write(header, random, expected));
			try (FileChannel channel = FileChannel.open(log)) {
				assertThat(new WalReader(channel).header()).contains(header);
				SortedMap<Long, byte[]> read = read(channel, header, random);
				assertThat(read.keySet()).isEqualTo(expected.keySet());
				read.forEach((pgno, content) -> assertThat(content).isEqualTo(expected.get(pgno)));
			}
		});
	}

	private static byte[] write(WalHeader header, Random random, SortedMap<Long, byte[]> database) {
		int frames = random.nextInt(12);
		ByteBuffer log = ByteBuffer.allocate(WalHeader.SIZE + (frames + 4) * header.frameSize() + 100);
		log.put(header.encode());
		WalEncoder encoder = new WalEncoder(header);
		List<Map.Entry<Long, byte[]>> pending = new ArrayList<>();
		long databaseSize = 10;
		for (int i = 0; i < frames; i++) {
			long pgno = 1 + random.nextInt(10);
			byte[] page = page(header, random);
			pending.add(Map.entry(pgno, page));
			boolean commit = random.nextInt(3) == 0;
			databaseSize = commit ? Math.max(1, databaseSize - random.nextInt(3)) : databaseSize;
			encoder.encode(pgno, commit ? databaseSize : 0, page, 0, log);
			if (commit) {
				pending.forEach((entry) -> database.put(entry.getKey(), entry.getValue()));
				pending.clear();
				database.tailMap(databaseSize + 1).clear();
			}
		}
		tail(header, random, log);
		return Arrays.copyOf(log.array(), log.position());
	}

	/**
	 * What an earlier run of the log has left, in whole frames and with sound checksums
	 * of their own, or the beginning of a frame.
	 */
	private static void tail(WalHeader header, Random random, ByteBuffer log) {
		if (random.nextBoolean()) {
			WalHeader earlier = WalHeader.create(header.bigEndianChecksums(), header.pageSize(),
					header.checkpointSequence() - 1, header.salt1() - 1, random.nextInt());
			WalEncoder encoder = new WalEncoder(earlier);
			for (int i = random.nextInt(4); i > 0; i--) {
				encoder.encode(1 + random.nextInt(10), 10, page(header, random), 0, log);
			}
		}
		byte[] rest = new byte[random.nextInt(100)];
		random.nextBytes(rest);
		log.put(rest);
	}

	private static SortedMap<Long, byte[]> read(FileChannel channel, WalHeader header, Random random)
			throws IOException {
		WalReader reader = new WalReader(channel);
		SortedMap<Long, byte[]> database = new TreeMap<>();
		WalPosition position = WalPosition.start(header);
		while (true) {
			WalBatch batch = reader.read(position, header.pageSize(), 1 + random.nextInt(5));
			if (batch.isEmpty()) {
				return database;
			}
			for (Map.Entry<Long, Long> page : batch.pages().entrySet()) {
				byte[] content = new byte[header.pageSize()];
				reader.readPage(page.getValue(), ByteBuffer.wrap(content));
				database.put(page.getKey(), content);
			}
			database.tailMap(batch.commit() + 1).clear();
			assertThat(reader.isUnchanged(batch.end())).isTrue();
			assertThat(reader.locate(header.salt1(), header.salt2(), batch.end().offset())).contains(batch.end());
			position = batch.end();
		}
	}

	private static byte[] page(WalHeader header, Random random) {
		byte[] page = new byte[header.pageSize()];
		if (random.nextBoolean()) {
			random.nextBytes(page);
		}
		return page;
	}

}
