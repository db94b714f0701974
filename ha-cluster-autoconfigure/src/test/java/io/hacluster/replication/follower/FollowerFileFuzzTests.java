package io.hacluster.replication.follower;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.Ticker;
import io.hacluster.replication.Contents;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.SourceDatabase;
import io.hacluster.replication.ltx.LtxFormatException;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.LtxReader;
import io.hacluster.test.Fuzz;
import io.hacluster.test.LitestreamBug;
import io.hacluster.test.Seeds;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A follower is given damaged files: it takes none, and not a byte of its replica
 * changes. What it keeps in memory of one is bounded by 4 MiB and 16 bytes for each byte
 * of the file.
 */
class FollowerFileFuzzTests {

	@TempDir
	private Path directory;

	@LitestreamBug(26)
	@Test
	void receiveWhenFileIsDamagedAppliesNothing() throws Exception {
		Path database = this.directory.resolve("replica.db");
		try (SourceDatabase source = new SourceDatabase(this.directory.resolve("source.db"), 512)) {
			source.capture();
			build(database, source.snapshot());
			source.transfer(1);
			byte[] batch = source.capture();
			try (ReplicaDatabase replica = ReplicaDatabase.open(new ReplicaFile(database), Ticker.SYSTEM)) {
				byte[] before = Files.readAllBytes(database);
				Fuzz fuzz = new Fuzz(4 << 20, 16);
				int[] harmless = new int[1];
				Seeds.run(100, (random) -> {
					for (int i = 0; i < 50; i++) {
						byte[] damaged = Fuzz.damage(batch, List.of(batch), random);
						harmless[0] += fuzz.parse(damaged, (bytes) -> receive(bytes, source.txid())) ? 1 : 0;
					}
				});
				assertThat(fuzz.inputs()).isGreaterThanOrEqualTo(5_000);
				assertThat(harmless[0]).as("damaged without an effect").isLessThan(1_000);
				assertThat(replica.frames()).isZero();
				assertThat(Files.readAllBytes(database)).isEqualTo(before);
				try (var files = Files.list(this.directory)) {
					assertThat(files).noneMatch((file) -> file.getFileName().toString().startsWith("received-"));
				}
			}
		}
	}

	private boolean receive(byte[] file, long txid) throws Exception {
		LogEntry entry = new LogEntry(LtxName.batch(txid), file.length, Instant.EPOCH, new LogOffset(txid));
		try {
			FollowerFile.receive(entry, Contents.of(file), this.directory).discard();
			return true;
		}
		catch (LtxFormatException ex) {
			assertThat(ex.getMessage()).contains("LTX");
			return false;
		}
	}

	private static void build(Path database, byte[] snapshot) throws Exception {
		try (LtxReader reader = new LtxReader(new ByteArrayInputStream(snapshot));
				OutputStream out = Files.newOutputStream(database)) {
			while (reader.next()) {
				out.write(reader.page());
			}
		}
	}

}
