package io.hacluster.replication.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

import io.hacluster.NodeId;

/**
 * Who leads in a term, as a small text file: log, node, nonce, offset, one a line.
 *
 * @param logId identity of the log
 * @param node the leader
 * @param nonce its process start
 * @param offset the place of its fence
 */
record LocalRecord(String logId, NodeId node, String nonce, long offset) {

	private static final int MAX_BYTES = 4096;

	void write(Path file) throws IOException {
		String text = String.join("\n", this.logId, this.node.value(), this.nonce, Long.toString(this.offset), "");
		writeDurably(file, text);
	}

	static LocalRecord read(Path file) throws IOException {
		List<String> lines = readSmall(file).lines().toList();
		try {
			return new LocalRecord(lines.get(0), new NodeId(lines.get(1)), lines.get(2), Long.parseLong(lines.get(3)));
		}
		catch (IndexOutOfBoundsException | IllegalArgumentException ex) {
			throw new IOException("'" + file + "' is damaged", ex);
		}
	}

	static void writeDurably(Path file, String text) throws IOException {
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
			ByteBuffer buffer = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
			while (buffer.hasRemaining()) {
				channel.write(buffer);
			}
			channel.force(true);
		}
	}

	static String readSmall(Path file) throws IOException {
		if (Files.size(file) > MAX_BYTES) {
			throw new IOException("'" + file + "' is damaged: it is too large");
		}
		return Files.readString(file);
	}

}
