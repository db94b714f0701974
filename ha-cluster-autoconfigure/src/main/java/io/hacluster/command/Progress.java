package io.hacluster.command;

import java.time.Duration;
import java.util.Locale;

import io.hacluster.Ticker;
import io.hacluster.replication.restore.RestoreListener;

/**
 * One line on the terminal that tells how reading goes on: bytes, files, rate, time that
 * is left. Nothing where nobody looks. Not thread-safe.
 */
final class Progress implements RestoreListener, AutoCloseable {

	private static final Duration INTERVAL = Duration.ofMillis(200);

	private static final double NANOS = 1e9;

	private final Terminal terminal;

	private final Ticker ticker;

	private final long begin;

	private long shownAt;

	private int shownLength;

	private int files;

	private int filesDone;

	private long bytes;

	private long bytesDone;

	Progress(Terminal terminal, Ticker ticker) {
		this.terminal = terminal;
		this.ticker = ticker;
		this.begin = ticker.nanoTime();
		this.shownAt = this.begin;
	}

	@Override
	public void planned(int files, long bytes) {
		this.files = files;
		this.bytes = bytes;
		this.filesDone = 0;
		this.bytesDone = 0;
	}

	@Override
	public void read(long bytes) {
		this.bytesDone += bytes;
		if (this.terminal.interactive() && this.ticker.nanoTime() - this.shownAt > INTERVAL.toNanos()) {
			this.shownAt = this.ticker.nanoTime();
			show(line());
		}
	}

	@Override
	public void fileDone() {
		this.filesDone++;
	}

	@Override
	public void finishing() {
		if (this.terminal.interactive()) {
			show("All files read, making it durable");
		}
	}

	@Override
	public void damaged(String message) {
		message("Warning: " + message);
	}

	/**
	 * Writes a line that stays.
	 * @param text the line
	 */
	void message(String text) {
		clear();
		this.terminal.err().println(text);
	}

	/**
	 * Returns how long it has taken so far.
	 * @return the time
	 */
	Duration elapsed() {
		return Duration.ofNanos(this.ticker.nanoTime() - this.begin);
	}

	private String line() {
		double seconds = Math.max(elapsed().toNanos() / NANOS, 0.001);
		double rate = this.bytesDone / seconds;
		long left = (rate > 0) ? (long) Math.ceil((this.bytes - this.bytesDone) / rate) : 0;
		return String.format(Locale.ROOT, "%s of %s, file %d of %d, %s/s, %s left", Sizes.of(this.bytesDone),
				Sizes.of(this.bytes), Math.min(this.filesDone + 1, this.files), this.files, Sizes.of(rate),
				time(Math.max(0, left)));
	}

	private static String time(long seconds) {
		return (seconds < 60) ? seconds + " s" : String.format(Locale.ROOT, "%d:%02d min", seconds / 60, seconds % 60);
	}

	private void show(String text) {
		String padding = " ".repeat(Math.max(0, this.shownLength - text.length()));
		this.terminal.err().print("\r" + text + padding);
		this.terminal.err().flush();
		this.shownLength = text.length();
	}

	private void clear() {
		if (this.shownLength > 0) {
			show("");
			this.terminal.err().print("\r");
			this.terminal.err().flush();
			this.shownLength = 0;
		}
	}

	@Override
	public void close() {
		clear();
	}

}
