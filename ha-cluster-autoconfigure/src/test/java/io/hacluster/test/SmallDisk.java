package io.hacluster.test;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A small file system of its own, which can be filled to the last byte and freed again.
 * Needs root.
 */
public final class SmallDisk implements AutoCloseable {

	private final Path path;

	private SmallDisk(Path path) {
		this.path = path;
	}

	/**
	 * Mounts the file system.
	 * @param path where, an empty or missing directory
	 * @param size its size as mount(8) takes it, such as {@code 8m}
	 * @return the file system, to be closed before its mount point is deleted
	 * @throws IOException if the mount point cannot be created
	 */
	public static SmallDisk mount(Path path, String size) throws IOException {
		Files.createDirectories(path);
		Requirements.require(run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", path.toString()),
				"this user cannot mount a small file system");
		return new SmallDisk(path);
	}

	public Path path() {
		return this.path;
	}

	/**
	 * Fills what is free.
	 * @throws IOException if it cannot be written to at all
	 */
	public void fill() throws IOException {
		byte[] block = new byte[4096];
		try (OutputStream out = Files.newOutputStream(ballast())) {
			while (Files.getFileStore(this.path).getUsableSpace() > 0) {
				out.write(block);
			}
		}
	}

	/**
	 * Frees what {@link #fill()} took.
	 * @throws IOException if it cannot be deleted
	 */
	public void free() throws IOException {
		Files.delete(ballast());
	}

	private Path ballast() {
		return this.path.resolve("ballast");
	}

	@Override
	public void close() throws IOException {
		if (!run("umount", "--lazy", this.path.toString())) {
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
