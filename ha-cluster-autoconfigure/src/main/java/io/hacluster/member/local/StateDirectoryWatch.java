package io.hacluster.member.local;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.files.DirectoryWatch;
import io.hacluster.member.StateStore;

/**
 * Hints at the keys whose files appear in a directory.
 */
final class StateDirectoryWatch implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(StateDirectoryWatch.class);

	private final NodeIdentity identity;

	private final List<Consumer<String>> callbacks = new CopyOnWriteArrayList<>();

	private final DirectoryWatch watch;

	private boolean watching;

	StateDirectoryWatch(NodeIdentity identity) {
		this.identity = identity;
		this.watch = new DirectoryWatch(identity, "ha-members-watch", "the records of the nodes",
				(directory, events) -> appeared(events));
	}

	synchronized StateStore.Watch add(Path directory, Consumer<String> changed) throws IOException {
		if (!this.watching) {
			this.watch.add(directory);
			this.watching = true;
		}
		// Wrapped, since the same callback may be registered twice
		Consumer<String> registered = changed::accept;
		this.callbacks.add(registered);
		return () -> this.callbacks.remove(registered);
	}

	private void appeared(List<WatchEvent<?>> events) {
		Set<String> changed = new LinkedHashSet<>();
		for (WatchEvent<?> event : events) {
			String name = (event.context() instanceof Path file) ? RevisionFiles.key(file) : "";
			if (name != null) {
				changed.add(name);
			}
		}
		changed.forEach(this::call);
	}

	private void call(String changed) {
		for (Consumer<String> callback : this.callbacks) {
			try {
				callback.accept(changed);
			}
			catch (RuntimeException ex) {
				logger.error("[{}] A watcher of the records of the nodes failed", this.identity, ex);
			}
		}
	}

	@Override
	public void close() {
		this.watch.close();
	}

}
