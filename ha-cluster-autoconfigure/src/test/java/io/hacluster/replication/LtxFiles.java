package io.hacluster.replication;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.hacluster.replication.ltx.LtxReader;
import io.hacluster.replication.ltx.LtxWriter;

/**
 * Changes LTX files in a way that leaves them sound.
 */
public final class LtxFiles {

	private LtxFiles() {
	}

	public static void changeOnePage(Path file) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (LtxReader reader = new LtxReader(Files.newInputStream(file))) {
			LtxWriter writer = new LtxWriter(out, reader.header());
			while (reader.next()) {
				byte[] page = reader.page().clone();
				page[page.length - 1] ^= 1;
				writer.writePage(reader.pgno(), page, 0);
			}
			writer.finish();
		}
		Files.write(file, out.toByteArray());
	}

}
