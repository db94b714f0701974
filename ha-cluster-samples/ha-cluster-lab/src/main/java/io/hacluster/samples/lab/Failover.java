package io.hacluster.samples.lab;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Measures the figures of {@code docs/failover.md}: how long a client of the virtual IP
 * waits. What has not been measured when the time is over is left out and said so.
 */
final class Failover {

	private static final Duration LIMIT = Duration.ofMinutes(11);

	private static final Duration LEAD = Duration.ofMillis(500);

	private static final Duration STEP_DOWN_BAR = Duration.ofMillis(700);

	private static final Duration MOVED_BAR = Duration.ofMillis(50);

	private final LabOptions options;

	private final Progress progress;

	private final Findings findings;

	private final long start = System.nanoTime();

	private final Samples moved = new Samples();

	private long strays;

	private int thaws;

	Failover(LabOptions options, Progress progress) {
		this.options = options;
		this.progress = progress;
		this.findings = new Findings(progress);
	}

	Findings run() throws SQLException {
		try (Bed bed = Bed.create(this.options.below("hosts"), "failover", Map.of())) {
			FaultRun run = new FaultRun(bed, this.progress, 1);
			Samples backend = new Samples();
			Samples stepDown = measure(run, Fault.STEP_DOWN, backend);
			Samples kill = measure(run, Fault.KILL, backend);
			Samples link = measure(run, Fault.LINK_CUT, backend);
			Samples freeze = measure(run, Fault.FREEZE_LONG, backend);
			Duration start = backend.median();
			Duration bar = this.options.lease().plus(LEAD).plus(start);
			this.findings
				.add(Finding.stated("start of the backend, as the new leaders waited for it", millis(start), "ms"));
			add("graceful step-down", stepDown, STEP_DOWN_BAR);
			add("kill -9 of the leader's JVM", kill, bar);
			add("link of the leader cut", link, bar);
			add("leader frozen by SIGSTOP for 3T", freeze, bar);
		}
		keepalived("link of the master cut, keepalived with its defaults (adverts every second)", "");
		keepalived("link of the master cut, keepalived with adverts every 100 ms", "advert_int 0.1");
		if (this.thaws > 0) {
			this.findings.add(Finding.atMost(
					"packets and claims from the frozen host after the new leader's first, in " + this.thaws + " thaws",
					this.strays, 0, ""));
		}
		if (this.moved.size() > 0) {
			add("traffic moved after the new leader's announcement", this.moved, MOVED_BAR);
		}
		return this.findings;
	}

	private Samples measure(FaultRun run, Fault fault, Samples backend) throws SQLException {
		Samples outages = new Samples();
		for (int i = 0; i < this.options.runs() && !isOver(); i++) {
			FaultResult result = run.run(fault);
			outages.add(result.outage());
			backend.add(result.backendStart());
			Duration time = result.moved();
			if (time != null) {
				this.moved.add(time);
			}
			if (fault == Fault.FREEZE_LONG) {
				this.thaws++;
				this.strays += result.strays();
			}
			for (String violation : result.violations()) {
				this.findings.add(Finding.failed(fault.text() + ", run " + (i + 1), violation));
			}
		}
		return outages;
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

}
