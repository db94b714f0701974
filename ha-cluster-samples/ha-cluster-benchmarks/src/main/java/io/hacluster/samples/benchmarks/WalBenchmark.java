package io.hacluster.samples.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import io.hacluster.replication.wal.WalBatch;
import io.hacluster.replication.wal.WalEncoder;
import io.hacluster.replication.wal.WalHeader;
import io.hacluster.replication.wal.WalPosition;
import io.hacluster.replication.wal.WalReader;

/**
 * Write-ahead logs: one operation is to find and check all transactions of a log, of two
 * frames each, in the page cache.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class WalBenchmark {

	/** A commit, and a large batch. */
	@Param({ "2", "1000" })
	int frames;

	private @Nullable Path file;

	private @Nullable FileChannel channel;

	private @Nullable WalReader reader;

	private @Nullable WalPosition start;

	/**
	 * Makes a log.
	 * @throws IOException if that fails
	 */
	@Setup
	public void createLog() throws IOException {
		WalHeader header = WalHeader.create(false, Pages.SIZE, 0, 1, 2);
		WalEncoder encoder = new WalEncoder(header);
		byte[][] pages = Pages.create(this.frames);
		ByteBuffer log = ByteBuffer.allocate(WalHeader.SIZE + this.frames * header.frameSize());
		log.put(header.encode());
		for (int i = 0; i < this.frames; i++) {
			encoder.encode(i + 1, (i % 2 == 1) ? this.frames : 0, pages[i], 0, log);
		}
		Path created = Files.createTempFile("benchmark-", "-wal");
		Files.write(created, log.array());
		this.file = created;
		FileChannel opened = FileChannel.open(created, StandardOpenOption.READ);
		this.channel = opened;
		this.reader = new WalReader(opened);
		this.start = WalPosition.start(header);
	}

	/**
	 * Removes the log.
	 * @throws IOException if that fails
	 */
	@TearDown
	public void removeLog() throws IOException {
		if (this.channel != null && this.file != null) {
			this.channel.close();
			Files.delete(this.file);
		}
	}

	/**
	 * Reads all transactions.
	 * @return the transactions
	 * @throws IOException if that fails
	 */
	@Benchmark
	public @Nullable WalBatch read() throws IOException {
		if (this.reader == null || this.start == null) {
			return null;
		}
		return this.reader.read(this.start, Pages.SIZE, Long.MAX_VALUE);
	}

}
