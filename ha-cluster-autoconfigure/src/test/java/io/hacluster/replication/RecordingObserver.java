package io.hacluster.replication;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import org.awaitility.Awaitility;

/**
 * Writes down what a tail tells: {@code file <txid> <bytes>}, {@code fence <epoch>},
 * {@code broken}, {@code interrupted}.
 */
public class RecordingObserver implements LogObserver {

	private final List<String> events = new CopyOnWriteArrayList<>();

	private final List<LogEntry> files = new CopyOnWriteArrayList<>();

	private final List<Fence> fences = new CopyOnWriteArrayList<>();

	private final AtomicLong reached = new AtomicLong(-1);

	@Override
	public void file(LogEntry entry, ByteSource content) {
		String text;
		try (InputStream stream = content.openStream()) {
			byte[] bytes = stream.readAllBytes();
			text = (bytes.length == content.size() && bytes.length == entry.size()) ? Contents.text(bytes)
					: "has the wrong size";
		}
		catch (IOException ex) {
			text = "cannot be read: " + ex;
		}
		this.files.add(entry);
		this.events.add("file " + entry.name().maxTxid() + " " + text);
	}

	@Override
	public void fence(Fence fence) {
		this.fences.add(fence);
		this.events.add("fence " + fence.epoch());
	}

	@Override
	public void reached(LogOffset offset) {
		this.reached.accumulateAndGet(offset.value(), Math::max);
	}

	@Override
	public void broken(String reason) {
		this.events.add("broken");
	}

	@Override
	public void interrupted(String reason) {
		this.events.add("interrupted");
	}

	public List<String> events() {
		return this.events;
	}

	public List<LogEntry> files() {
		return this.files;
	}

	public List<Fence> fences() {
		return this.fences;
	}

	public long reached() {
		return this.reached.get();
	}

	public void awaitReached(LogOffset offset) {
		Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> this.reached.get() >= offset.value());
	}

	public void awaitEvent(String event) {
		Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> this.events.contains(event));
	}

}
