package io.hacluster.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DirectoryWatch}.
 */
class DirectoryWatchTests {

	private static final String THREAD = "ha-directory-watch-tests";

	private final Map<WatchKey, List<String>> appeared = new ConcurrentHashMap<>();

	private final DirectoryWatch watch = new DirectoryWatch(new NodeIdentity("test", new NodeId("node-a"), "nonce"),
			THREAD, "the files of a test", this::appeared);

	@TempDir
	Path temporary;

	private Path one;

	private Path other;

	@BeforeEach
	void makeDirectories() throws IOException {
		this.one = Files.createDirectory(this.temporary.resolve("one"));
		this.other = Files.createDirectory(this.temporary.resolve("other"));
	}

	@AfterEach
	void closeWatch() {
		this.watch.close();
	}

	private void appeared(WatchKey directory, List<WatchEvent<?>> events) {
		List<String> names = this.appeared.computeIfAbsent(directory, (added) -> new CopyOnWriteArrayList<>());
		events.forEach((event) -> names.add(String.valueOf(event.context())));
	}

	private List<String> names(WatchKey directory) {
		return this.appeared.getOrDefault(directory, List.of());
	}

	@Test
	void whenFilesAppearTellsInWhichDirectory() throws IOException {
		WatchKey first = this.watch.add(this.one);
		WatchKey second = this.watch.add(this.other);
		Files.createFile(this.one.resolve("a"));
		Files.createFile(this.other.resolve("b"));
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.appeared).containsOnly(Map.entry(first, List.of("a")),
					Map.entry(second, List.of("b"))));
		// Only a key that was reset tells of another one
		Files.createFile(this.one.resolve("c"));
		Awaitility.await().untilAsserted(() -> assertThat(names(first)).containsExactly("a", "c"));
	}

	@Test
	void whenADirectoryIsAddedAgainIsTheSame() throws IOException {
		assertThat(this.watch.add(this.one)).isSameAs(this.watch.add(this.one))
			.isNotEqualTo(this.watch.add(this.other));
	}

	@Test
	void whenNothingIsAddedHasNoThread() throws IOException {
		assertThat(threads()).isZero();
		this.watch.add(this.one);
		this.watch.add(this.other);
		assertThat(threads()).isOne();
	}

	@Test
	void whenClosedEndsItsThread() throws IOException {
		this.watch.add(this.one);
		this.watch.close();
		Awaitility.await().until(() -> threads() == 0);
	}

	private static long threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals(THREAD + "-test"))
			.count();
	}

}
