package io.hacluster.samples.benchmarks;

import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import io.hacluster.replication.ltx.Crc64;
import io.hacluster.replication.wal.WalChecksum;

/**
 * The checksums: one operation is a page of 4 KiB.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class Crc64Benchmark {

	private final byte[] page = Pages.create(1)[0];

	private final Crc64 crc = new Crc64();

	private final WalChecksum checksum = new WalChecksum(false);

	/**
	 * CRC-64 of an LTX file.
	 * @return the checksum
	 */
	@Benchmark
	public long crc64() {
		this.crc.update(this.page, 0, this.page.length);
		return this.crc.value();
	}

	/**
	 * The sums of a write-ahead log.
	 * @return the second sum
	 */
	@Benchmark
	public int walChecksum() {
		this.checksum.update(this.page, 0, this.page.length);
		return this.checksum.second();
	}

}
