package io.hacluster.replication.level;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.local.LocalReplicaStore;

/**
 * A day of four hours in a directory, which is slow, since each file is synced to disk.
 */
class LocalDayOfChurnTests extends AbstractDayOfChurnTests {

	private Path root;

	LocalDayOfChurnTests() {
		super(Duration.ofHours(4));
	}

	@Override
	ReplicaStore openStore(Path directory) {
		this.root = directory.resolve("log");
		return new LocalReplicaStore(this.root, SimulatedLog.NODE);
	}

	@Override
	void leaveUnfinished() {
		// the store stages in a directory of the term, which goes with it
	}

	@Override
	Footprint footprint(ReplicaStore store) throws IOException {
		try (Stream<Path> tree = Files.walk(this.root)) {
			List<Path> files = tree.filter(Files::isRegularFile).toList();
			long bytes = 0;
			for (Path file : files) {
				bytes += Files.size(file);
			}
			return new Footprint(files.stream().filter((file) -> file.toString().endsWith(".ltx")).count(), bytes,
					10_000);
		}
	}

}
