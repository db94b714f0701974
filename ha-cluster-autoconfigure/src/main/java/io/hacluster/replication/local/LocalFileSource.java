package io.hacluster.replication.local;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

import io.hacluster.replication.ByteSource;

/**
 * A file of the log.
 *
 * @param path where it is
 * @param size its bytes
 */
record LocalFileSource(Path path, long size) implements ByteSource {

	@Override
	public InputStream openStream() throws IOException {
		try {
			return Files.newInputStream(this.path);
		}
		catch (NoSuchFileException ex) {
			throw new FileNotFoundException("'" + this.path + "' has been retired");
		}
	}

}
