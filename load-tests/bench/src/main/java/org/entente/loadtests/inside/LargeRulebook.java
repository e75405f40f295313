package org.entente.loadtests.inside;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.policy.load.RulebookReader;
import org.entente.gateway.policy.terms.Rulebook;

/**
 * A rulebook of any size: the sample agreements and, up to the given number, copies of the
 * bilateral one for other pairs of a customs and a police authority, with the samples' node rules.
 *
 * @param rulebook as a gateway loads it
 * @param members the federation for which it is loaded
 * @param bilateral the pairs with a copied bilateral agreement, in the order of writing
 */
record LargeRulebook(
    Rulebook rulebook, LargeMembership members, List<LargeMembership.Pair> bilateral) {
  private static final Pattern ID = Pattern.compile("(?m)^id: (.+)$");
  private static final String BILATERAL = "fr-sg-ipr.yaml";
  private static final String CUSTOMS = "fr.customs";
  private static final String POLICE = "sg.police";

  LargeRulebook {
    bilateral = List.copyOf(bilateral);
  }

  /**
   * Writes and loads the agreements.
   *
   * @param config folder of the samples
   * @param folder new folder for the agreements
   * @param count number of agreements, at least that of the samples
   */
  static LargeRulebook written(Path config, Path folder, int count, Instant now) {
    LargeMembership members = LargeMembership.in(config.resolve("federation-demo.yaml"));
    try {
      List<LargeMembership.Pair> pairs =
          write(config.resolve("agreements"), members.pairs(), folder, count);
      Rulebook.LoadResult loading =
          RulebookReader.load(folder, config.resolve("node-rules.yaml"), members, now);
      if (loading instanceof Rulebook.LoadResult.Loaded it) {
        return new LargeRulebook(it.rulebook(), members, pairs);
      }
      throw new CommandFailure("the agreements cannot be loaded: " + loading);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The agreement of a pair, by its place in {@link #bilateral}. */
  static String id(int place) {
    return "bilateral-" + place;
  }

  private static List<LargeMembership.Pair> write(
      Path samples, List<LargeMembership.Pair> pairs, Path folder, int count) throws IOException {
    Files.createDirectories(folder);
    int copied = 0;
    try (Stream<Path> all = Files.list(samples)) {
      for (Path file : all.filter(sample -> sample.toString().endsWith(".yaml")).toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
        copied++;
      }
    }
    String bilateral = Files.readString(samples.resolve(BILATERAL), StandardCharsets.UTF_8);
    List<LargeMembership.Pair> written = new ArrayList<>();
    LargeMembership.Pair sample = new LargeMembership.Pair(CUSTOMS, POLICE);
    List<LargeMembership.Pair> others =
        pairs.stream().filter(pair -> !pair.equals(sample)).toList();
    for (LargeMembership.Pair pair : others.subList(0, Math.max(0, count - copied))) {
      String id = id(written.size());
      String copy =
          ID.matcher(bilateral)
              .replaceFirst("id: " + id)
              .replace("agency: " + CUSTOMS, "agency: " + pair.customs())
              .replace("agency: " + POLICE, "agency: " + pair.police());
      Files.writeString(folder.resolve(id + ".yaml"), copy, StandardCharsets.UTF_8);
      written.add(pair);
    }
    return written;
  }
}
