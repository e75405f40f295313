package org.entente.gateway.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.ceremony.PrivateFiles;

/**
 * The keystores that were given keys of a cluster, as one of them knows, and which of them it is.
 * Immutable.
 *
 * <p>The file lies among the keys: a machine that goes on alone, from a backup of the ledger that
 * is older than its keys, still knows whose keystores must be destroyed. A folder without the file
 * is a keystore of its own.
 *
 * <pre>
 * keystore ID made term TERM change NUMBER of MACHINE
 * ID MACHINE, for each keystore
 * </pre>
 *
 * <p>An ID is 16 hexadecimal digits.
 */
public final class KeystoreRegister {
  /** Name of the file, in the folder of the keystore. */
  static final String FILE = "cluster-keystores";

  private static final Pattern FIRST =
      Pattern.compile(
          "keystore ([0-9a-f]{16}) made term ([0-9]{1,18}) change ([0-9]{1,18}) of (.+)");
  private static final Pattern OTHER = Pattern.compile("([0-9a-f]{16}) (.+)");

  private final MachineKeystore self;
  private final KeyTag made;
  private final SortedSet<MachineKeystore> known;

  private KeystoreRegister(MachineKeystore self, KeyTag made, Collection<MachineKeystore> known) {
    this.self = self;
    this.made = made;
    this.known = new TreeSet<>(known);
  }

  /**
   * A keystore that no leader knows yet.
   *
   * @param made the newest state of keys that its machine had before
   * @param known what its machine knew of keystores
   */
  static KeystoreRegister make(
      MachineKeystore self, KeyTag made, Collection<MachineKeystore> known) {
    return new KeystoreRegister(self, made, known);
  }

  /**
   * What a keystore knows; empty if it has never been that of a machine of a cluster.
   *
   * @throws IOException if the file cannot be read, or is none of {@link #keep}
   */
  public static Optional<KeystoreRegister> read(Path keystore) throws IOException {
    Path file = keystore.resolve(FILE);
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    Matcher first = FIRST.matcher(lines.isEmpty() ? "" : lines.get(0));
    if (!first.matches()) {
      throw new IOException(file + " names no keystore in its first line");
    }
    SortedSet<MachineKeystore> known = new TreeSet<>();
    for (String line : lines.subList(1, lines.size())) {
      Matcher other = OTHER.matcher(line);
      if (!other.matches()) {
        throw new IOException(file + ": found " + line + "; valid is the ID and the machine");
      }
      known.add(new MachineKeystore(other.group(2), id(other.group(1))));
    }
    MachineKeystore self = new MachineKeystore(first.group(4), id(first.group(1)));
    KeyTag made = new KeyTag(Long.parseLong(first.group(2)), Long.parseLong(first.group(3)));
    return Optional.of(new KeystoreRegister(self, made, known));
  }

  private static long id(String digits) {
    return Long.parseUnsignedLong(digits, 16);
  }

  /** Writes it to the folder of the keystore, durably. */
  void keep(Path keystore) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(
        "keystore %016x made term %d change %d of %s\n"
            .formatted(self.id(), made.term(), made.number(), self.machine()));
    known.forEach(one -> text.append("%016x %s\n".formatted(one.id(), one.machine())));
    PrivateFiles.replace(
        keystore.resolve(FILE), text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  /** The same, which also knows some. */
  KeystoreRegister with(Collection<MachineKeystore> more) {
    SortedSet<MachineKeystore> all = new TreeSet<>(known);
    all.addAll(more);
    return new KeystoreRegister(self, made, all);
  }

  /** The keystore in which it lies. */
  MachineKeystore self() {
    return self;
  }

  /** Whether the keystore was made when the newest state of keys was {@code state}. */
  boolean isMadeAt(KeyTag state) {
    return made.equals(state);
  }

  /** All that it knows, in order. */
  List<MachineKeystore> known() {
    return List.copyOf(known);
  }

  /** The machine of which it is the keystore. */
  public String machine() {
    return self.machine();
  }

  /** Those that it is not. */
  public List<MachineKeystore> others() {
    return known.stream().filter(one -> !one.equals(self)).toList();
  }
}
