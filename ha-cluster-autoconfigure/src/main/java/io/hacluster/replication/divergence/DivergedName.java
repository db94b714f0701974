package io.hacluster.replication.divergence;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.hacluster.Epoch;

/**
 * The name of a database that was set aside,
 * {@code <database>.diverged-<epoch>-<time>[-<number>]}. Compares by time.
 *
 * @param database file name of the database
 * @param epoch the epoch in the name
 * @param time the time in the name, whole seconds
 * @param number 1, or more if the name was taken
 */
record DivergedName(String database, Epoch epoch, Instant time, int number) implements Comparable<DivergedName> {

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT)
		.withZone(ZoneOffset.UTC);

	private static final Pattern PATTERN = Pattern
		.compile("(.+)\\.diverged-(\\d{1,18})-(\\d{8}T\\d{6}Z)(?:-(\\d{1,9}))?");

	private static final Comparator<DivergedName> ORDER = Comparator.comparing(DivergedName::time)
		.thenComparing(DivergedName::epoch)
		.thenComparing(DivergedName::number);

	static Optional<DivergedName> parse(Path file) {
		Matcher matcher = PATTERN.matcher(String.valueOf(file.getFileName()));
		if (!matcher.matches()) {
			return Optional.empty();
		}
		try {
			Instant time = TIME.parse(matcher.group(3), Instant::from);
			int number = (matcher.group(4) != null) ? Integer.parseInt(matcher.group(4)) : 1;
			return Optional
				.of(new DivergedName(matcher.group(1), new Epoch(Long.parseLong(matcher.group(2))), time, number));
		}
		catch (DateTimeException ex) {
			return Optional.empty();
		}
	}

	DivergedName next() {
		return new DivergedName(this.database, this.epoch, this.time, this.number + 1);
	}

	@Override
	public int compareTo(DivergedName other) {
		return ORDER.compare(this, other);
	}

	@Override
	public String toString() {
		String base = this.database + ".diverged-" + this.epoch + "-" + TIME.format(this.time);
		return (this.number > 1) ? base + "-" + this.number : base;
	}

}
