package io.hacluster.samples.benchmarks;

import java.io.IOException;

import org.junit.jupiter.api.Test;

import io.hacluster.replication.wal.WalBatch;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The benchmarks measure what they are said to.
 */
class BenchmarksTests {

	@Test
	void decodeReadsWhatEncodeWrites() throws IOException {
		LtxBenchmark benchmark = new LtxBenchmark();
		benchmark.pages = 10;
		benchmark.createFile();
		assertThat(benchmark.decode().commit()).isEqualTo(10);
		assertThat(benchmark.encode().size()).isBetween(10 * Pages.SIZE / 2, 10 * Pages.SIZE);
	}

	@Test
	void readFindsAllTransactions() throws IOException {
		WalBenchmark benchmark = new WalBenchmark();
		benchmark.frames = 10;
		benchmark.createLog();
		try {
			WalBatch batch = benchmark.read();
			assertThat(batch).isNotNull();
			assertThat(batch.transactions()).isEqualTo(5);
			assertThat(batch.frames()).isEqualTo(10);
		}
		finally {
			benchmark.removeLog();
		}
	}

}
