package org.entente.certsdev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.trust.RootKey;
import org.entente.gateway.trust.RootSet;

/**
 * The roots' private key pairs in one folder, one file each. A file has two lines: the key's name,
 * and its two seeds (Ed25519 and ML-DSA-44, 64 bytes together) in Base64.
 */
final class RootKeys {
  private static final String SUFFIX = ".seeds";

  private final Map<NoteKeyName, SigningPair> pairs;

  private RootKeys(Map<NoteKeyName, SigningPair> pairs) {
    this.pairs = Collections.unmodifiableMap(new LinkedHashMap<>(pairs));
  }

  /** Makes new pairs. */
  static RootKeys generate(FederationName federation, int count, SecureRandom random) {
    Map<NoteKeyName, SigningPair> pairs = new LinkedHashMap<>();
    for (int i = 1; i <= count; i++) {
      pairs.put(
          new NoteKeyName("entente/" + federation + "/root-" + i), SigningPair.generate(random));
    }
    return new RootKeys(pairs);
  }

  void write(Path folder) throws IOException {
    int number = 0;
    for (Map.Entry<NoteKeyName, SigningPair> root : pairs.entrySet()) {
      number++;
      byte[] seeds = root.getValue().seeds();
      String text = root.getKey() + "\n" + Base64.getEncoder().encodeToString(seeds) + "\n";
      Arrays.fill(seeds, (byte) 0);
      PrivateFiles.write(folder.resolve(String.format("root-%02d%s", number, SUFFIX)), text);
    }
  }

  static RootKeys read(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files = entries.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    }
    Map<NoteKeyName, SigningPair> pairs = new LinkedHashMap<>();
    for (Path file : files) {
      List<String> lines = Files.readAllLines(file);
      Optional<NoteKeyName> name =
          lines.size() == 2 ? NoteKeyName.parse(lines.get(0)) : Optional.empty();
      try {
        byte[] seeds = Base64.getDecoder().decode(lines.size() == 2 ? lines.get(1) : "");
        pairs.put(
            name.orElseThrow(() -> new IOException(file + " holds no root")),
            SigningPair.fromSeeds(seeds));
        Arrays.fill(seeds, (byte) 0);
      } catch (IllegalArgumentException e) {
        // The message could show the key.
        throw new IOException(file + " holds no root");
      }
    }
    return new RootKeys(pairs);
  }

  Map<NoteKeyName, SigningPair> pairs() {
    return pairs;
  }

  RootSet publicSet(int threshold) {
    List<RootKey> keys = new ArrayList<>();
    pairs.forEach((name, pair) -> keys.add(RootKey.of(name, pair)));
    return new RootSet(threshold, keys);
  }
}
