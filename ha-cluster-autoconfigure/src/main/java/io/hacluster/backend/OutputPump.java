package io.hacluster.backend;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Carries the output of a backend into a logger, line by line, or as it is into a file,
 * and keeps the last lines. Lines are bounded in length: what is longer is logged in
 * pieces.
 */
final class OutputPump implements Runnable {

	static final int MAX_LINE = 2000;

	static final int KEPT_LINES = 20;

	private final InputStream source;

	private final Consumer<String> lines;

	private final @Nullable OutputFile file;

	private final Deque<String> last = new ArrayDeque<>();

	private final Thread thread;

	private OutputPump(String threadName, InputStream source, Consumer<String> lines, @Nullable OutputFile file) {
		this.source = source;
		this.lines = lines;
		this.file = file;
		this.thread = new Thread(this, threadName);
		this.thread.setDaemon(true);
	}

	/**
	 * Makes one that fills a logger.
	 */
	static OutputPump into(Logger logger, String threadName, InputStream source) {
		return new OutputPump(threadName, source, (line) -> logger.info("{}", line), null);
	}

	/**
	 * Makes one that fills a file.
	 */
	static OutputPump into(OutputFile file, String threadName, InputStream source) {
		return new OutputPump(threadName, source, (line) -> {
		}, file);
	}

	void start() {
		this.thread.start();
	}

	/**
	 * Waits for the end of the output. A process outside the group may keep it open, so
	 * this may well run out.
	 */
	void awaitEnd(Duration timeout) throws InterruptedException {
		this.thread.join(Math.max(1, timeout.toMillis()));
	}

	/**
	 * Returns the last lines, oldest first.
	 */
	List<String> lastLines() {
		synchronized (this.last) {
			return List.copyOf(this.last);
		}
	}

	@Override
	public void run() {
		StringBuilder line = new StringBuilder();
		try (OutputFile copy = this.file; Reader reader = new InputStreamReader(source(copy), StandardCharsets.UTF_8)) {
			char[] buffer = new char[8192];
			for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
				for (int i = 0; i < count; i++) {
					accept(line, buffer[i]);
				}
			}
		}
		catch (IOException ex) {
			// The process has ended, and its pipe with it.
		}
		if (!line.isEmpty()) {
			emit(line);
		}
	}

	private InputStream source(@Nullable OutputFile copy) {
		return (copy == null) ? this.source : new FilterInputStream(this.source) {

			@Override
			public int read(byte[] bytes, int offset, int length) throws IOException {
				int count = super.read(bytes, offset, length);
				if (count > 0) {
					copy.append(bytes, offset, count);
				}
				return count;
			}

		};
	}

	private void accept(StringBuilder line, char character) {
		if (character == '\n') {
			emit(line);
		}
		else if (character != '\r') {
			line.append(character);
			if (line.length() >= MAX_LINE) {
				emit(line);
			}
		}
	}

	private void emit(StringBuilder line) {
		String text = line.toString();
		line.setLength(0);
		synchronized (this.last) {
			if (this.last.size() == KEPT_LINES) {
				this.last.removeFirst();
			}
			this.last.addLast(text);
		}
		this.lines.accept(text);
	}

}
