package io.hacluster.samples.lab;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Measures the figures of {@code docs/failover.md}: how long a client of the virtual IP
 * waits. What has not been measured when the time is over is left out and said so.
 */
final class Failover {

	/** Single runs may be slower than the bars for their median. */
	private static final int PATIENCE = 4;

	private static final Duration LIMIT = Duration.ofMinutes(11);

	private static final Duration LEAD = Duration.ofMillis(500);

	private static final Duration STEP_DOWN_BAR = Duration.ofMillis(700);

	private static final Duration BACKEND_START = Duration.ofMillis(200);

	private static final Duration MOVED_BAR = Duration.ofMillis(50);

	private static final List<Fault> FAULTS = List.of(Fault.STEP_DOWN, Fault.KILL, Fault.LINK_CUT, Fault.FREEZE_LONG);

	private final LabOptions options;

	private final Progress progress;

	private final Findings findings;

	private final long start = System.nanoTime();

	private final Map<Fault, Series> series = new EnumMap<>(Fault.class);

	private final Samples moved = new Samples();

	private long strays;

	Failover(LabOptions options, Progress progress) {
		this.options = options;
		this.progress = progress;
		this.findings = new Findings(progress);
	}

	Findings run() throws SQLException {
		keepalived("link of the master cut, keepalived with its defaults (adverts every second)", "");
		keepalived("link of the master cut, keepalived with adverts every 100 ms", "advert_int 0.1");
		try (Bed bed = Bed.create(this.options.below("hosts"), "failover", Map.of())) {
			FaultRun run = new FaultRun(bed, this.progress, PATIENCE);
			for (int i = 0; i < this.options.runs(); i++) {
				for (Fault fault : FAULTS) {
					if (!isOver()) {
						measure(run.run(fault));
					}
				}
			}
		}
		report();
		return this.findings;
	}

	private void measure(FaultResult result) {
		Series results = this.series.computeIfAbsent(result.fault(),
				(fault) -> new Series(new Samples(), new Samples(), new Samples()));
		results.outages().add(result.outage());
		results.backendStarts().add(result.backendStart());
		results.rest().add(result.outage().minus(result.backendStart()));
		Duration time = result.moved();
		if (time != null) {
			this.moved.add(time);
		}
		if (result.fault() == Fault.FREEZE_LONG) {
			this.strays += result.strays();
		}
		result.violations().forEach((violation) -> this.findings.add(Finding.failed(result.fault().text(), violation)));
	}

	private void report() {
		Series stepDowns = this.series.get(Fault.STEP_DOWN);
		if (stepDowns != null) {
			add("graceful step-down, backend starts in " + Samples.millis(stepDowns.backendStarts().median()),
					stepDowns.outages(), STEP_DOWN_BAR);
			add("graceful step-down, less the start of the backend", stepDowns.rest(),
					STEP_DOWN_BAR.minus(BACKEND_START));
		}
		afterLease(Fault.KILL, "kill -9 of the leader's JVM");
		afterLease(Fault.LINK_CUT, "link of the leader cut");
		afterLease(Fault.FREEZE_LONG, "leader frozen by SIGSTOP for 3T");
		Series freezes = this.series.get(Fault.FREEZE_LONG);
		if (freezes != null) {
			this.findings.add(Finding.atMost("packets and claims from the frozen host after the new leader's first, in "
					+ freezes.outages().size() + " runs", this.strays, 0, ""));
		}
		add("traffic moved after the new leader's announcement", this.moved, MOVED_BAR);
	}

	private void afterLease(Fault fault, String what) {
		Series results = this.series.get(fault);
		if (results == null) {
			add(what, new Samples(), null);
			return;
		}
		Duration start = results.backendStarts().median();
		add(what + ", backend starts in " + Samples.millis(start), results.outages(),
				this.options.lease().plus(LEAD).plus(start));
	}

	private void keepalived(String what, String advertisement) {
		if (this.options.keepalived() == null) {
			this.findings.add(Finding.skipped(what, "there is no keepalived"));
			return;
		}
		Samples outages = new Samples();
		Path directory = Cluster.temporary();
		try (Keepalived keepalived = Keepalived.start(this.options, directory, advertisement)) {
			for (int i = 0; i < this.options.runs() && !isOver(); i++) {
				Duration outage = keepalived.cutLink();
				this.progress.say("%s: outage %s", what, Progress.text(outage));
				outages.add(outage);
			}
		}
		finally {
			Cluster.delete(directory);
		}
		add(what, outages, null);
	}

	private void add(String what, Samples samples, @Nullable Duration bar) {
		if (samples.size() == 0) {
			this.findings.add(Finding.skipped(what, "the " + LIMIT.toMinutes() + " minutes are over"));
			return;
		}
		double median = millis(samples.median());
		Finding finding = (bar != null) ? Finding.below(what, median, millis(bar), "ms")
				: Finding.stated(what, median, "ms");
		this.findings.add(finding.and(" (%s to %s, %d runs)".formatted(Samples.millis(samples.quantile(0)),
				Samples.millis(samples.quantile(1)), samples.size())));
	}

	private boolean isOver() {
		return System.nanoTime() - this.start > LIMIT.toNanos();
	}

	private static double millis(Duration duration) {
		return duration.toNanos() / 1e6;
	}

	private record Series(Samples outages, Samples backendStarts, Samples rest) {
	}

}
