package org.entente.gateway.repository;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.fuzz.FuzzTarget;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Good examples of every format that is fuzzed are taken: a target that refuses all tests nothing.
 */
class FormatsLawTest {
  @TestFactory
  Stream<DynamicTest> example_ofEveryFormat_isTaken() {
    return FuzzTarget.entries(FuzzTarget.packages()).stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.toString(),
                    () -> {
                      List<byte[]> examples = entry.formats().examples(entry.format());
                      assertFalse(examples.isEmpty());
                      for (byte[] example : examples) {
                        assertTrue(entry.takes(example), "an example is refused");
                      }
                      assertFalse(entry.takes(new byte[] {(byte) 0xff, 0, 1}), "noise is taken");
                    }));
  }
}
