package io.hacluster.samples.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Measures the figures of {@code docs/benchmarks.md}. A row that breaks, or does not end,
 * is reported, and the others go on as long as there is time.
 */
final class Benchmark {

	private static final Duration LIMIT = Duration.ofMinutes(12);

	private final long start = System.nanoTime();

	private final LabOptions options;

	private final Progress progress;

	private final Path lab;

	private final Findings findings;

	Benchmark(LabOptions options, Progress progress, Path lab) {
		this.options = options;
		this.progress = progress;
		this.lab = lab;
		this.findings = new Findings(progress);
	}

	/**
	 * Measures the rows that were asked for.
	 * @return the figures
	 */
	Findings run() {
		Set<BenchmarkRow> rows = this.options.rows();
		for (BenchmarkRow row : BenchmarkRow.values()) {
			if (rows.contains(row) && !Thread.currentThread().isInterrupted()) {
				run(row);
			}
		}
		return this.findings;
	}

	private void run(BenchmarkRow row) {
		String name = row.name().toLowerCase(Locale.ROOT);
		Duration left = LIMIT.minusNanos(System.nanoTime() - this.start);
		if (left.isNegative()) {
			this.findings.add(Finding.skipped(name, "the " + LIMIT.toMinutes() + " minutes are over"));
			return;
		}
		Duration limit = (row.limit().compareTo(left) < 0) ? row.limit() : left;
		this.progress.say("--- %s", name);
		try (BenchmarkContext context = new BenchmarkContext(this.options.below(name), this.progress, this.lab,
				this.findings)) {
			FutureTask<Void> task = new FutureTask<>(() -> {
				measurement(row).measure(context);
				return null;
			});
			Thread thread = new Thread(task, "lab-" + name);
			thread.setDaemon(true);
			thread.start();
			try {
				task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
			}
			finally {
				thread.interrupt();
			}
		}
		catch (ExecutionException ex) {
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			this.progress.say("%s", cause);
			this.findings.add(Finding.failed(name, String.valueOf(cause.getMessage()).lines().findFirst().orElse("")));
		}
		catch (TimeoutException ex) {
			this.findings.add(Finding.failed(name, "not done after " + limit.toSeconds() + " s"));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static Measurement measurement(BenchmarkRow row) {
		return switch (row) {
			case LAG -> new LagMeasurement();
			case THROUGHPUT -> new ThroughputMeasurement();
			case CPU -> new ProcessorMeasurement();
			case MEMORY -> new MemoryMeasurement();
			case RESTORE -> new RestoreMeasurement();
			case PROMOTION -> new PromotionMeasurement();
			case OUTAGE -> new OutageMeasurement();
			case IDLE -> new IdleMeasurement();
		};
	}

}
