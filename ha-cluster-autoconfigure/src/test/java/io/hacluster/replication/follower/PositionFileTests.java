package io.hacluster.replication.follower;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.Epoch;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.TestLog;
import io.hacluster.replication.follower.ReplicaPosition.Place;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PositionFile}.
 */
class PositionFileTests {

	private static final ReplicaPosition POSITION = new ReplicaPosition(Place.REPLICA, 12, new LogOffset(345), "a-log",
			new Epoch(6), new ReplicaStamp(4096, 1_700_000_000_123_456_789L, 0xCAFEBABE, -1, 4152));

	@TempDir
	Path directory;

	@Test
	void readReturnsWhatWasWritten() throws Exception {
		PositionFile file = file();
		assertThat(file.read()).isEmpty();
		file.write(POSITION);
		assertThat(file.read()).contains(POSITION);
		file.write(POSITION.inUse());
		assertThat(file.read()).contains(POSITION.inUse());
		ReplicaPosition none = new ReplicaPosition(Place.DATABASE, 0, LogOffset.START, "", Epoch.NONE, null);
		file.write(none);
		assertThat(file.read()).contains(none);
		file.delete();
		assertThat(file.read()).isEmpty();
	}

	@Test
	void readWhenAnyByteIsWrongIsUnknown() throws Exception {
		PositionFile file = file();
		file.write(POSITION);
		byte[] bytes = Files.readAllBytes(path());
		for (int i = 0; i < bytes.length; i++) {
			byte[] damaged = bytes.clone();
			damaged[i] ^= 0x10;
			Files.write(path(), damaged);
			assertThat(file.read()).as("byte %d", i).isEmpty();
		}
	}

	@Test
	void readWhenCutOffAnywhereIsUnknown() throws Exception {
		PositionFile file = file();
		file.write(POSITION);
		byte[] bytes = Files.readAllBytes(path());
		for (int i = 0; i < bytes.length; i++) {
			Files.write(path(), Arrays.copyOf(bytes, i));
			assertThat(file.read()).as("%d bytes", i).isEmpty();
		}
	}

	private PositionFile file() {
		return new PositionFile(path(), TestLog.identity("node"));
	}

	private Path path() {
		return this.directory.resolve("position");
	}

}
