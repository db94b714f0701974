package io.hacluster.autoconfigure;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanCreationException;

import static org.assertj.core.api.Assertions.assertThat;

class NativeAccessFailureAnalyzerTests {

	@Test
	void analyzeWhenJnaCannotLoadSaysWhatToDo() {
		UnsatisfiedLinkError error = new UnsatisfiedLinkError("failed to map segment from shared object");
		error.setStackTrace(new StackTraceElement[] {
				new StackTraceElement("com.sun.jna.Native", "loadNativeDispatchLibrary", "Native.java", 1) });
		assertThat(new NativeAccessFailureAnalyzer().analyze(new BeanCreationException("x", error)))
			.satisfies((analysis) -> {
				assertThat(analysis.getDescription()).contains("JNA", "failed to map segment");
				assertThat(analysis.getAction()).contains("jna.tmpdir");
			});
	}

	@Test
	void analyzeWhenAnotherLibraryCannotLoadLeavesItAlone() {
		assertThat(new NativeAccessFailureAnalyzer()
			.analyze(new BeanCreationException("x", new UnsatisfiedLinkError("other")))).isNull();
	}

}
