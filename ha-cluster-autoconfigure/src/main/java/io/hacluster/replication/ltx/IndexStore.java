package io.hacluster.replication.ltx;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the index of a file that is being written until its pages have ended: in memory,
 * or where there is a directory for it, beyond a limit in a file there.
 */
final class IndexStore implements Closeable {

	private static final int MEMORY = 1 << 20;

	private final @Nullable Path directory;

	private final List<byte[]> chunks = new ArrayList<>();

	private int memory;

	private @Nullable Path file;

	private @Nullable OutputStream out;

	IndexStore(@Nullable Path directory) {
		this.directory = directory;
	}

	void add(byte[] bytes, int length) throws IOException {
		if (this.directory == null || (this.out == null && this.memory + length <= MEMORY)) {
			this.chunks.add(Arrays.copyOf(bytes, length));
			this.memory += length;
			return;
		}
		OutputStream stream = this.out;
		if (stream == null) {
			this.file = Files.createTempFile(this.directory, "index-", ".tmp");
			stream = Files.newOutputStream(this.file);
			this.out = stream;
		}
		stream.write(bytes, 0, length);
	}

	void forEachChunk(PageIndex.ChunkConsumer consumer) throws IOException {
		for (byte[] chunk : this.chunks) {
			consumer.accept(chunk, chunk.length);
		}
		if (this.file == null) {
			return;
		}
		byte[] buffer = new byte[PageIndex.CHUNK];
		try (InputStream in = Files.newInputStream(this.file)) {
			for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
				consumer.accept(buffer, count);
			}
		}
	}

	/**
	 * Removes what has been kept.
	 */
	@Override
	public void close() throws IOException {
		this.chunks.clear();
		Path kept = this.file;
		this.file = null;
		if (this.out != null) {
			this.out.close();
		}
		if (kept != null) {
			Files.deleteIfExists(kept);
		}
	}

}
