package io.hacluster.replication.nats;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.ByteSource;

/**
 * Collects the chunks of one file, in memory up to a threshold and in a temporary file
 * beyond it. Not thread-safe.
 */
final class FileAssembly implements ByteSource, AutoCloseable {

	private final Path directory;

	private final int threshold;

	private final MessageDigest digest = StoredObject.newDigest();

	private ByteArrayOutputStream memory = new ByteArrayOutputStream();

	private @Nullable Path file;

	private @Nullable OutputStream spool;

	private long size;

	private long chunks;

	FileAssembly(Path directory, int threshold) {
		this.directory = directory;
		this.threshold = threshold;
	}

	void add(byte[] chunk) throws IOException {
		if (this.spool == null && this.size + chunk.length > this.threshold) {
			spill();
		}
		if (this.spool != null) {
			this.spool.write(chunk);
		}
		else {
			this.memory.write(chunk);
		}
		this.digest.update(chunk);
		this.size += chunk.length;
		this.chunks++;
	}

	private void spill() throws IOException {
		Files.createDirectories(this.directory,
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		Path file = Files.createTempFile(this.directory, "ha-tail-", ".spool");
		this.file = file;
		this.spool = Files.newOutputStream(file);
		this.memory.writeTo(this.spool);
		this.memory = new ByteArrayOutputStream();
	}

	/**
	 * Ends the file.
	 * @return whether it is what its description says
	 */
	boolean finish(StoredObject object) throws IOException {
		if (this.spool != null) {
			this.spool.close();
		}
		return this.chunks == object.chunks() && object.matches(this.size, this.digest);
	}

	@Override
	public long size() {
		return this.size;
	}

	@Override
	public InputStream openStream() throws IOException {
		return (this.file != null) ? Files.newInputStream(this.file)
				: new ByteArrayInputStream(this.memory.toByteArray());
	}

	@Override
	public void close() {
		try {
			if (this.spool != null) {
				this.spool.close();
			}
			if (this.file != null) {
				Files.deleteIfExists(this.file);
			}
		}
		catch (IOException ex) {
			// a temporary file is left behind
		}
	}

}
