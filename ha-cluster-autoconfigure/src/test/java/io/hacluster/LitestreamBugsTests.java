package io.hacluster;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasAnnotations;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The bugs that Litestream had and that its users met, each of which a test keeps out of
 * here. The numbers behind the hash are those of Litestream's issues.
 */
class LitestreamBugsTests {

	private static final Map<Integer, String> BUGS = Map.ofEntries(
			Map.entry(1, "a commit between sealing and checkpoint was lost (#1337, #1164)"),
			Map.entry(2, "a checkpoint while a snapshot was read (#1166, #1309)"),
			Map.entry(3, "a SQLite library with the WAL-reset bug (#1432)"),
			Map.entry(4, "size and header alone miss a reused write-ahead log (#1037, #1083)"),
			Map.entry(5, "pages by which the database grew were not in the write-ahead log (#1199, #1323)"),
			Map.entry(6, "pages beyond the end were left after a shrink (#875)"),
			Map.entry(7, "a checkpoint happened while nobody looked (#752)"),
			Map.entry(8, "restore, then replicate (#781)"), Map.entry(9, "an offset of exactly 32 (#900)"),
			Map.entry(10, "checkpoints and snapshots of an idle database (#896, #927, #997, #1165, #1198)"),
			Map.entry(11, "writers stalled while a snapshot was made (#1332)"),
			Map.entry(12, "a full disk was silent (#1310)"), Map.entry(13, "local files were never removed (#784)"),
			Map.entry(14, "a lost file stalled compaction (#1151, #1458)"),
			Map.entry(15, "two writers overwrote one another silently (#1457)"),
			Map.entry(16, "retention deleted a file that a restore had planned to read (#1270, #1307)"),
			Map.entry(17, "a point in time after level 0 was gone (#1084, #847)"),
			Map.entry(18, "a follower could not go on (#1385)"),
			Map.entry(19, "a follower stalled although a snapshot covered the gap (#1515)"),
			Map.entry(20, "a file that straddles the position was not seen (#1460)"),
			Map.entry(21, "idle streams were cut (#1077)"), Map.entry(22, "a directory was not synced (#1344)"),
			Map.entry(23, "a truncated page index (#1431)"),
			Map.entry(24, "the base snapshot was written again for each level (#1510)"),
			Map.entry(25, "NATS: tombstones, tiny chunks, a time limit on reading, orphan chunks, padded names"),
			Map.entry(26, "a follower crashed while applying, or applied a corrupt file before it was verified"));

	@Test
	void eachHasATest() {
		JavaClasses classes = new ClassFileImporter().withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
			.importPackages("io.hacluster");
		Stream<HasAnnotations<?>> places = classes.stream()
			.flatMap((type) -> Stream.concat(Stream.of(type), type.getMethods().stream()));
		assertThat(places.filter((place) -> place.isAnnotatedWith(LitestreamBug.class))
			.flatMapToInt((place) -> Arrays.stream(place.getAnnotationOfType(LitestreamBug.class).value()))
			.boxed()).containsOnly(BUGS.keySet().toArray(Integer[]::new));
	}

}
