package io.hacluster.backend;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OutputFile}.
 */
class OutputFileTests {

	private long nanos;

	@TempDir
	Path directory;

	private OutputFile file;

	@AfterEach
	void close() {
		this.file.close();
	}

	@Test
	void appendAddsToWhatIsThereAndKeepsItsRights() throws Exception {
		Path path = Files.writeString(this.directory.resolve("log"), "before\n");
		Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
		write(path, "after\n");
		assertThat(path).hasContent("before\nafter\n");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-r-----");
	}

	@Test
	void appendWhenThereIsNoFileMakesOneForTheOwnerAlone() throws Exception {
		Path path = this.directory.resolve("log");
		write(path, "x");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-------");
	}

	@Test
	void appendWhenTheFileWasRenamedOpensANewOne() throws Exception {
		Path path = this.directory.resolve("log");
		write(path, "one");
		Path rotated = Files.move(path, this.directory.resolve("log.1"));
		append("two");
		assertThat(rotated).as("it does not look each time").hasContent("onetwo");
		this.nanos += Duration.ofSeconds(1).toNanos();
		append("three");
		assertThat(path).hasContent("three");
		Files.move(path, this.directory.resolve("log.2"));
		Files.createFile(path);
		this.nanos += Duration.ofSeconds(1).toNanos();
		append("four");
		assertThat(path).hasContent("four");
	}

	@Test
	void appendWhenItCannotGoesOnAsSoonAsItCan() throws Exception {
		Path path = this.directory.resolve("none/log");
		write(path, "lost");
		Files.createDirectory(path.getParent());
		append("kept");
		assertThat(path).hasContent("kept");
	}

	private void write(Path path, String text) {
		this.file = new OutputFile("test/node", path, () -> this.nanos);
		append(text);
	}

	private void append(String text) {
		byte[] bytes = ("__" + text).getBytes(StandardCharsets.UTF_8);
		this.file.append(bytes, 2, bytes.length - 2);
	}

}
