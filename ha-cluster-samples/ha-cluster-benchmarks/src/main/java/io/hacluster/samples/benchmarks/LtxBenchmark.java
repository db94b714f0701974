package io.hacluster.samples.benchmarks;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

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
import org.openjdk.jmh.annotations.Warmup;

import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxReader;
import io.hacluster.replication.ltx.LtxWriter;

/**
 * LTX files: one operation is a file.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class LtxBenchmark {

	/** A commit, and a large batch. */
	@Param({ "2", "1000" })
	int pages;

	private byte[][] content = new byte[0][];

	private byte[] file = new byte[0];

	/**
	 * Makes a file to read.
	 * @throws IOException never
	 */
	@Setup
	public void createFile() throws IOException {
		this.content = Pages.create(this.pages);
		this.file = encode().toByteArray();
	}

	/**
	 * Writes a file.
	 * @return the file
	 * @throws IOException never
	 */
	@Benchmark
	public ByteArrayOutputStream encode() throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream(this.pages * Pages.SIZE);
		LtxWriter writer = new LtxWriter(out, LtxHeader.noChecksum(Pages.SIZE, this.pages, 2, 2, 0));
		for (int i = 0; i < this.pages; i++) {
			writer.writePage(i + 1, this.content[i], 0);
		}
		writer.finish();
		return out;
	}

	/**
	 * Reads and verifies a file.
	 * @return its header
	 * @throws IOException never
	 */
	@Benchmark
	public LtxHeader decode() throws IOException {
		return LtxReader.verify(new ByteArrayInputStream(this.file));
	}

}
