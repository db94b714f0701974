package io.hacluster.backend;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Ticker;

/**
 * A file that the output of a backend is appended to. It is opened anew when it has been
 * renamed or removed, as tools that rotate logs do. What cannot be written is lost, which
 * is said once: a backend must not stand still because a disk is full. Not thread-safe.
 */
final class OutputFile implements AutoCloseable {

	private static final long CHECK_NANOS = Duration.ofSeconds(1).toNanos();

	private static final Set<OpenOption> OPTIONS = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE,
			StandardOpenOption.APPEND);

	private static final Logger log = LoggerFactory.getLogger(OutputFile.class);

	private final String label;

	private final Path path;

	private final Ticker ticker;

	private @Nullable SeekableByteChannel channel;

	private @Nullable Object key;

	private long checkedNanos;

	private boolean failing;

	OutputFile(String label, Path path, Ticker ticker) {
		this.label = label;
		this.path = path;
		this.ticker = ticker;
	}

	/**
	 * Appends as much as it can. Never throws.
	 */
	void append(byte[] bytes, int offset, int length) {
		try {
			SeekableByteChannel open = open();
			ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
			while (buffer.hasRemaining()) {
				open.write(buffer);
			}
			if (this.failing) {
				this.failing = false;
				log.info("[{}] The output of the backend goes into {} again", this.label, this.path);
			}
		}
		catch (IOException ex) {
			if (!this.failing) {
				this.failing = true;
				log.warn("[{}] The output of the backend cannot be written to {}, and is lost: {}", this.label,
						this.path, ex.toString());
			}
			close();
		}
	}

	@Override
	public void close() {
		SeekableByteChannel open = this.channel;
		this.channel = null;
		if (open != null) {
			try {
				open.close();
			}
			catch (IOException ex) {
				log.debug("[{}] Closing {} failed", this.label, this.path, ex);
			}
		}
	}

	private SeekableByteChannel open() throws IOException {
		long now = this.ticker.nanoTime();
		if (this.channel != null && now - this.checkedNanos >= CHECK_NANOS) {
			this.checkedNanos = now;
			if (!isSame()) {
				close();
			}
		}
		SeekableByteChannel open = this.channel;
		if (open == null) {
			open = Files.newByteChannel(this.path, OPTIONS, permissions());
			this.channel = open;
			this.key = key();
			this.checkedNanos = now;
		}
		return open;
	}

	private boolean isSame() throws IOException {
		try {
			Object current = key();
			return current == null || current.equals(this.key);
		}
		catch (NoSuchFileException ex) {
			return false;
		}
	}

	/**
	 * Returns what tells the file of this name from another, {@code null} on a system
	 * that does not tell.
	 */
	private @Nullable Object key() throws IOException {
		return Files.readAttributes(this.path, BasicFileAttributes.class).fileKey();
	}

	private static FileAttribute<?>[] permissions() {
		return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
				? new FileAttribute<?>[] {
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")) }
				: new FileAttribute<?>[0];
	}

}
