package org.entente.gateway.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.seal.SeededRandom;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.AgencyKind;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.BundleSigner;
import org.entente.gateway.trust.Member;

/**
 * The files of a federation of any size up to the number of states: the customs of each, of which
 * {@link #WITNESSES} are witnesses, linked each with each or all with one transit. Each node has a
 * trust bundle of its own, so that a newer one can be put in place at one of them.
 */
final class ScaleFederation {
  /** How agencies are linked. */
  enum Shape {
    /** Each with each. */
    MESH,
    /** All with a transit, which is no member, and with nobody else. */
    HUB
  }

  /** The transit of {@link Shape#HUB}. */
  static final String TRANSIT = "x.hub";

  /** As many agencies cosign audit logs, however many there are. */
  static final int WITNESSES = 3;

  private final Path folder;
  private final Shape shape;
  private final List<String> agencies;
  private final TestFederation keys;
  private final List<Member> members;

  private ScaleFederation(
      Path folder, Shape shape, List<String> agencies, TestFederation keys, List<Member> members) {
    this.folder = folder;
    this.shape = shape;
    this.agencies = agencies;
    this.keys = keys;
    this.members = members;
  }

  /**
   * Mints a federation of so many agencies, the transit not counted, into a folder.
   *
   * @throws IllegalArgumentException if there are not as many states
   */
  static ScaleFederation mint(Path folder, Shape shape, int size) throws IOException {
    List<String> agencies =
        Stream.of(Locale.getISOCountries())
            .map(country -> country.toLowerCase(Locale.ROOT) + ".customs")
            .sorted()
            .limit(size)
            .toList();
    if (size < 2 || agencies.size() < size) {
      throw new IllegalArgumentException(size + " agencies; there are 2 to " + agencies.size());
    }
    SecureRandom random = new SeededRandom("federation of " + size);
    TestFederation keys =
        new TestFederation(SimFederation.START.minus(Duration.ofHours(1)), random);
    List<Member> members = new ArrayList<>();
    for (String agency : agencies) {
      members.add(member(keys, agency, members.size() < WITNESSES, shape));
    }
    if (shape == Shape.HUB) {
      members.add(
          keys.mint(new AgencyName(TRANSIT), null, AgencyKind.OTHER, Set.of(AgencyRole.TRANSIT)));
    }
    ScaleFederation minted = new ScaleFederation(folder, shape, agencies, keys, members);
    minted.write(random);
    return minted;
  }

  private static Member member(TestFederation keys, String agency, boolean witness, Shape shape) {
    Set<AgencyRole> roles =
        witness ? Set.of(AgencyRole.MEMBER, AgencyRole.WITNESS) : Set.of(AgencyRole.MEMBER);
    String[] via = shape == Shape.HUB ? new String[] {TRANSIT} : new String[0];
    return keys.mint(
        new AgencyName(agency),
        agency.substring(0, 2).toUpperCase(Locale.ROOT),
        AgencyKind.CUSTOMS,
        roles,
        via);
  }

  private void write(SecureRandom random) throws IOException {
    Files.writeString(folder.resolve("roots.json"), keys.trustRoots().print());
    Path agreements = Files.createDirectory(folder.resolve("agreements"));
    Files.writeString(agreements.resolve("warnings.yaml"), SimFederation.AGREEMENT);
    byte[] first = bundle(1);
    for (String agency : nodes()) {
      Path own = Files.createDirectory(folder.resolve(agency));
      try (Keystore keystore =
          Keystore.open(own.resolve("keystore"), () -> SimFederation.START, random)) {
        SimFederation.put(keystore, KeyKind.AGENCY_PAIR, keys.signing(agency));
        SimFederation.put(keystore, KeyKind.AUDIT_SIGNING, keys.audit(agency));
      }
      Files.write(bundleOf(agency), first);
      Files.writeString(
          configOf(agency),
          SimFederation.config(agency, agency + "/trust-bundle.note", links(agency)));
    }
  }

  /** The agencies that exchange mail, by name. */
  List<String> agencies() {
    return agencies;
  }

  /** All that have a gateway: the transit first, if there is one, then the agencies. */
  List<String> nodes() {
    return shape == Shape.MESH
        ? agencies
        : Stream.concat(Stream.of(TRANSIT), agencies.stream()).toList();
  }

  /** With whom a node is linked. */
  List<String> links(String node) {
    if (shape == Shape.HUB && !node.equals(TRANSIT)) {
      return List.of(TRANSIT);
    }
    return agencies.stream().filter(other -> !other.equals(node)).toList();
  }

  /** A node's configuration file. */
  Path configOf(String node) {
    return folder.resolve(node + ".yaml");
  }

  /** Where a node looks for its trust bundle. */
  Path bundleOf(String node) {
    return folder.resolve(node).resolve("trust-bundle.note");
  }

  /** The trust bundle of a version, signed by enough roots; versions differ in nothing else. */
  byte[] bundle(long version) {
    return BundleSigner.sign(keys.content(version, members), keys.roots(1, 2));
  }
}
