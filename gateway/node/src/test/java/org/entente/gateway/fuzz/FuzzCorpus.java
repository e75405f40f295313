package org.entente.gateway.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.fuzz.FuzzTarget.Entry;

/**
 * Inputs of the fuzzed parsers that the repository keeps, {@code
 * src/test/resources/fuzz/<package>/<format>/<name>}, each the bytes that the parser gets: {@code
 * good-*} are taken, the others were found by fuzzing, as reaching further into the code or as
 * having broken it once.
 */
final class FuzzCorpus {
  /** Relative to the module, which is the working directory. */
  static final Path FOLDER = Path.of("src", "test", "resources", "fuzz");

  static final String GOOD = "good-";

  /** Larger examples are made anew for each run instead of being kept. */
  private static final int LARGEST_GOOD = 12_000;

  private static final int LARGEST_FOUND = 1_024;
  private static final int MOST_FOUND = 12;
  private static final int NAME_DIGITS = 12;

  private FuzzCorpus() {}

  /** Kept inputs of a format by the names of their files. */
  static Map<String, byte[]> kept(Entry entry) {
    Path folder = FOLDER.resolve(entry.toString());
    Map<String, byte[]> inputs = new TreeMap<>();
    if (Files.isDirectory(folder)) {
      for (Path file : files(folder)) {
        inputs.put(String.valueOf(file.getFileName()), read(file));
      }
    }
    return inputs;
  }

  /** Every file of the corpus. */
  static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lays kept inputs and fresh examples out as Jazzer wants them: chosen by their first byte. */
  static void layOut(List<Entry> entries, Path folder) throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      List<byte[]> inputs = new ArrayList<>(kept(entry).values());
      inputs.addAll(entry.formats().examples(entry.format()));
      for (byte[] input : inputs) {
        byte[] chosen = new byte[1 + input.length];
        chosen[0] = (byte) i;
        System.arraycopy(input, 0, chosen, 1, input.length);
        Files.write(folder.resolve(name(chosen)), chosen);
      }
    }
  }

  /** Keeps what Jazzer found worth keeping, the smallest of each format. */
  static void keep(List<Entry> entries, Path found) throws IOException {
    List<byte[]> inputs = new ArrayList<>();
    for (Path file : files(found)) {
      inputs.add(read(file));
    }
    inputs.sort((a, b) -> Integer.compare(a.length, b.length));
    for (byte[] input : inputs) {
      int chosen = input.length < 2 ? entries.size() : input[0] & 0xff;
      if (chosen < entries.size() && input.length <= LARGEST_FOUND) {
        Entry entry = entries.get(chosen);
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        Map<String, byte[]> kept = kept(entry);
        if (kept.size() < MOST_FOUND
            && kept.values().stream().noneMatch(other -> Arrays.equals(other, rest))) {
          write(entry, name(rest), rest);
        }
      }
    }
  }

  /** Writes the examples that are the same each time they are made. */
  public static void main(String[] args) throws IOException {
    List<Entry> once = FuzzTarget.entries(FuzzTarget.packages());
    List<Entry> again = FuzzTarget.entries(FuzzTarget.packages());
    for (int i = 0; i < once.size(); i++) {
      Entry entry = once.get(i);
      List<byte[]> first = entry.formats().examples(entry.format());
      List<byte[]> second = again.get(i).formats().examples(entry.format());
      for (int n = 0; n < first.size(); n++) {
        if (first.get(n).length <= LARGEST_GOOD && Arrays.equals(first.get(n), second.get(n))) {
          write(entry, GOOD + n, first.get(n));
        }
      }
    }
    // Some formats have threads of their own.
    System.exit(0);
  }

  private static void write(Entry entry, String name, byte[] input) throws IOException {
    Path folder = Files.createDirectories(FOLDER.resolve(entry.toString()));
    Files.write(folder.resolve(name), input);
  }

  static String name(byte[] input) {
    return HexFormat.of().formatHex(Sha256.hash(input)).substring(0, NAME_DIGITS);
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
