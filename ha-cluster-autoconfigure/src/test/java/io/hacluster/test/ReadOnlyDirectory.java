package io.hacluster.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A directory that the user of the test cannot write to. Permissions do not stop root,
 * for whom a read-only file system is mounted on it.
 */
public final class ReadOnlyDirectory implements AutoCloseable {

	private final Path path;

	private final boolean mounted;

	private ReadOnlyDirectory(Path path, boolean mounted) {
		this.path = path;
		this.mounted = mounted;
	}

	/**
	 * Creates the directory.
	 * @param path where it is to be
	 * @return the directory, to be closed before its parent is deleted
	 * @throws IOException if it cannot be created
	 */
	public static ReadOnlyDirectory create(Path path) throws IOException {
		Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
		if (!Files.isWritable(path)) {
			return new ReadOnlyDirectory(path, false);
		}
		boolean mounted = run("mount", "-t", "tmpfs", "-o", "ro", "tmpfs", path.toString());
		Requirements.require(mounted, "this user writes to read-only directories and cannot mount one");
		return new ReadOnlyDirectory(path, true);
	}

	public Path path() {
		return this.path;
	}

	@Override
	public void close() throws IOException {
		if (this.mounted && !run("umount", this.path.toString())) {
			throw new IOException("Cannot unmount " + this.path);
		}
	}

	private static boolean run(String... command) throws IOException {
		try {
			return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
