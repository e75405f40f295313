package org.entente.loadtests;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.entente.loadtests.testkit.CommandStep;

/** The commands of docs/operate/ceremony.md in their order, with what must become of each. */
final class CeremonySteps {
  private static final String AGREEMENT = "cp config/agreements/eu-product-safety.yaml";

  /** The names of the fingerprints of the first versions. */
  private static final List<String> DRAFTS = List.of("DRAFT", "SECOND", "THIRD", "FOURTH", "FIFTH");

  private CeremonySteps() {}

  /** Every one of them, once. */
  static List<CommandStep> all() {
    return Stream.of(
            founding(),
            started(),
            admitting(),
            newcomerStarted(),
            rotating(),
            rotated(),
            removing(),
            emergency(),
            renewing(),
            refounding(),
            refounded())
        .flatMap(List::stream)
        .toList();
  }

  /** Roots, two agencies, the first bundle, and all that a node needs. */
  static List<CommandStep> founding() {
    List<CommandStep> steps = new ArrayList<>();
    for (String holder : List.of("alice", "bob", "carol")) {
      steps.add(root(holder));
    }
    steps.add(
        CommandStep.of(
                "./entente federation init --federation pilot.entente.example --threshold 2"
                    + " --root /tmp/pilot/alice.root/root.pub --root /tmp/pilot/bob.root/root.pub"
                    + " --root /tmp/pilot/carol.root/root.pub --out /tmp/pilot/founding")
            .says("2 of 3 must sign")
            .says("{ROOT-alice}")
            .says("{ROOT-carol}")
            .keeps("ROOTS", "read aloud +(.*)"));
    steps.addAll(asking());
    steps.add(
        CommandStep.of(
                "./entente federation add --roots /tmp/pilot/founding/roots.json"
                    + " --out /tmp/pilot/bundle-1.note --group EU=DE+FR"
                    + requests())
            .fills("FR-FINGERPRINT", "FR")
            .fills("DE-FINGERPRINT", "DE")
            .keeps("DRAFT", "read aloud +(.*)"));
    steps.add(
        CommandStep.of("./entente federation show /tmp/pilot/bundle-1.note")
            .says("{DRAFT}")
            .says("{ROOT-bob}")
            .says("not complete"));
    steps.add(signedFirst("alice").says("not complete"));
    steps.add(signedFirst("bob").says("complete").doesNotSay("not complete"));
    steps.add(
        joined("fr", "bundle-1", "founding", "ROOTS-FINGERPRINT", "ROOTS", "fr.customs.join"));
    steps.add(
        joined("de", "bundle-1", "founding", "ROOTS-FINGERPRINT", "ROOTS", "de.customs.join"));
    steps.add(
        CommandStep.of(AGREEMENT + " /tmp/pilot/fr/agreements/").in(CommandStep.ProcessKind.SHELL));
    steps.add(
        CommandStep.of(AGREEMENT + " /tmp/pilot/de/agreements/").in(CommandStep.ProcessKind.SHELL));
    steps.add(
        CommandStep.of("./entente config check --config /tmp/pilot/fr/node.yaml").says(": valid"));
    return steps;
  }

  private static List<CommandStep> asking() {
    return List.of(
        CommandStep.of(
                "./entente init --federation pilot.entente.example --agency fr.customs"
                    + " --kind customs --role MEMBER --role WITNESS --endpoint 127.0.0.1:7461"
                    + " --link de.customs=127.0.0.1:7462 --link it.customs"
                    + " --client declarations=publish+evidence --client desk=subscribe+evidence"
                    + " --listen-clients 127.0.0.1:7471 --listen-admin 127.0.0.1:9471"
                    + " --passphrase-file /tmp/pilot/fr.passphrase --out /tmp/pilot/fr")
            .keeps("FR", "fingerprint +(.*)"),
        CommandStep.of(
                "./entente init --federation pilot.entente.example --agency de.customs"
                    + " --kind customs --role MEMBER --role WITNESS --endpoint 127.0.0.1:7462"
                    + " --link fr.customs --client desk=subscribe+evidence"
                    + " --client archive=subscribe"
                    + " --listen-clients 127.0.0.1:7472 --listen-admin 127.0.0.1:9472"
                    + " --passphrase-file /tmp/pilot/de.passphrase --out /tmp/pilot/de")
            .keeps("DE", "fingerprint +(.*)"),
        CommandStep.of("./entente federation show /tmp/pilot/fr/fr.customs.join").says("{FR}"),
        CommandStep.of("./entente federation show /tmp/pilot/de/de.customs.join").says("{DE}"));
  }

  /** Two gateways that run from then on; also after the refounding. */
  static List<CommandStep> started() {
    return List.of(running("fr"), running("de"));
  }

  /** A third agency, by the second version. */
  static List<CommandStep> admitting() {
    return List.of(
        CommandStep.of(
                "./entente init --federation pilot.entente.example --agency it.customs"
                    + " --kind customs --endpoint 127.0.0.1:7463"
                    + " --link fr.customs=127.0.0.1:7461 --client desk=subscribe+evidence"
                    + " --listen-clients 127.0.0.1:7473 --listen-admin 127.0.0.1:9473"
                    + " --passphrase-file /tmp/pilot/it.passphrase --out /tmp/pilot/it")
            .keeps("IT", "fingerprint +(.*)"),
        CommandStep.of("./entente federation show /tmp/pilot/it/it.customs.join").says("{IT}"),
        CommandStep.of(
                "./entente federation add --in /tmp/pilot/bundle-1.note"
                    + " --out /tmp/pilot/bundle-2.note --group EU=DE+FR+IT"
                    + " --request /tmp/pilot/it/it.customs.join --fingerprint 'IT-FINGERPRINT'")
            .fills("IT-FINGERPRINT", "IT")
            .keeps("SECOND", "read aloud +(.*)"),
        CommandStep.of(
                "./entente federation diff /tmp/pilot/bundle-1.note /tmp/pilot/bundle-2.note")
            .says("it.customs joins")
            .says("group EU"),
        signed("alice", 2, "SECOND"),
        signed("carol", 2, "SECOND").says("complete"),
        taken("fr", 2),
        joined("it", "bundle-2", "founding", "ROOTS-FINGERPRINT", "ROOTS", "it.customs.join"),
        CommandStep.of(AGREEMENT + " /tmp/pilot/it/agreements/").in(CommandStep.ProcessKind.SHELL));
  }

  static List<CommandStep> newcomerStarted() {
    return List.of(running("it"));
  }

  /** Dora instead of Carol, up to before any gateway has it. */
  static List<CommandStep> rotating() {
    return List.of(
        root("dora"),
        CommandStep.of(
                "./entente federation rotate --in /tmp/pilot/bundle-2.note"
                    + " --out /tmp/pilot/bundle-3.note --threshold 2"
                    + " --root /tmp/pilot/alice.root/root.pub"
                    + " --root /tmp/pilot/bob.root/root.pub"
                    + " --root /tmp/pilot/dora.root/root.pub --roots-out /tmp/pilot/roots-3.json")
            .keeps("THIRD", "read aloud +(.*)"),
        CommandStep.of(
                "./entente federation diff /tmp/pilot/bundle-2.note /tmp/pilot/bundle-3.note")
            .says("new root entente/pilot.entente.example/dora {ROOT-dora}")
            .says("no longer root entente/pilot.entente.example/carol"),
        signed("dora", 3, "THIRD").says("not complete"),
        signed("alice", 3, "THIRD").says("not complete"),
        signed("bob", 3, "THIRD").doesNotSay("not complete"),
        CommandStep.of(
                "./entente federation show /tmp/pilot/bundle-3.note"
                    + " --previous /tmp/pilot/bundle-2.note")
            .says("old roots: 2 signed")
            .says("new roots: 3 signed")
            .says("{THIRD}")
            .doesNotSay("not complete"));
  }

  static List<CommandStep> rotated() {
    return List.of(taken("de", 3));
  }

  /** The third agency leaves. */
  static List<CommandStep> removing() {
    return List.of(
        CommandStep.of(
                "./entente federation remove --in /tmp/pilot/bundle-3.note"
                    + " --out /tmp/pilot/bundle-4.note --agency it.customs")
            .keeps("FOURTH", "read aloud +(.*)"),
        CommandStep.of(
                "./entente federation diff /tmp/pilot/bundle-3.note /tmp/pilot/bundle-4.note")
            .says("it.customs leaves"),
        signed("bob", 4, "FOURTH"),
        signed("dora", 4, "FOURTH"),
        taken("fr", 4));
  }

  /** A client's key was stolen. */
  static List<CommandStep> emergency() {
    return List.of(
        CommandStep.of(
                "./entente federation remove --in /tmp/pilot/bundle-4.note"
                    + " --out /tmp/pilot/bundle-5.note"
                    + " --certificate de.customs=/tmp/pilot/de/clients/desk/tls.crt")
            .keeps("FIFTH", "read aloud +(.*)"),
        CommandStep.of(
                "./entente federation diff /tmp/pilot/bundle-4.note /tmp/pilot/bundle-5.note")
            .says("revocation of certificate"),
        signed("alice", 5, "FIFTH"),
        signed("dora", 5, "FIFTH"),
        taken("fr", 5));
  }

  /** The same again for longer. */
  static List<CommandStep> renewing() {
    return List.of(
        CommandStep.of(
                "./entente federation renew --in /tmp/pilot/bundle-5.note"
                    + " --out /tmp/pilot/bundle-6.note")
            .keeps("SIXTH", "read aloud +(.*)"),
        CommandStep.of(
                "./entente federation diff /tmp/pilot/bundle-5.note /tmp/pilot/bundle-6.note")
            .says("nothing else changes"),
        signed("alice", 6, "SIXTH"),
        signed("bob", 6, "SIXTH"),
        taken("fr", 6));
  }

  /** Two of three roots are lost: other roots, the same agencies. */
  static List<CommandStep> refounding() {
    return List.of(
        root("erin"),
        root("frank"),
        CommandStep.of(
                "./entente federation init --federation pilot.entente.example --threshold 2"
                    + " --root /tmp/pilot/erin.root/root.pub --root /tmp/pilot/frank.root/root.pub"
                    + " --out /tmp/pilot/refounding")
            .keeps("NEW-ROOTS", "read aloud +(.*)"),
        CommandStep.of(
                "./entente federation add --roots /tmp/pilot/refounding/roots.json"
                    + " --out /tmp/pilot/refounded.note --group EU=DE+FR"
                    + requests())
            .fills("FR-FINGERPRINT", "FR")
            .fills("DE-FINGERPRINT", "DE")
            .keeps("REFOUNDED", "read aloud +(.*)"),
        signedAgain("erin"),
        signedAgain("frank").doesNotSay("not complete"));
  }

  /** With both gateways stopped. */
  static List<CommandStep> refounded() {
    return List.of(forgotten("fr"), joinedAnew("fr"), forgotten("de"), joinedAnew("de"));
  }

  private static String requests() {
    return " --request /tmp/pilot/fr/fr.customs.join --fingerprint 'FR-FINGERPRINT'"
        + " --request /tmp/pilot/de/de.customs.join --fingerprint 'DE-FINGERPRINT'";
  }

  private static CommandStep running(String folder) {
    return CommandStep.of("./entente run --config /tmp/pilot/%s/node.yaml".formatted(folder))
        .until("\"agency\":\"" + folder + ".customs\"")
        .keptRunning();
  }

  private static CommandStep root(String holder) {
    return CommandStep.of(
            ("./entente federation root-key --federation pilot.entente.example --name %s"
                    + " --out /tmp/pilot/%s.root --passphrase-file /tmp/pilot/%s.passphrase")
                .formatted(holder, holder, holder))
        .says("root.pub")
        .keeps("ROOT-" + holder, "read aloud +(.*)");
  }

  private static CommandStep signedFirst(String holder) {
    return CommandStep.of(
            "./entente federation sign --draft /tmp/pilot/bundle-1.note"
                + " --fingerprint 'DRAFT-FINGERPRINT'"
                + key(holder))
        .fills("DRAFT-FINGERPRINT", "DRAFT")
        .says(holder + " signed");
  }

  private static CommandStep signedAgain(String holder) {
    return CommandStep.of(
            "./entente federation sign --draft /tmp/pilot/refounded.note"
                + " --fingerprint 'REFOUNDED-FINGERPRINT'"
                + key(holder))
        .fills("REFOUNDED-FINGERPRINT", "REFOUNDED")
        .says(holder + " signed");
  }

  private static CommandStep signed(String holder, int version, String name) {
    String before = DRAFTS.get(version - 2);
    return CommandStep.of(
            ("./entente federation sign --draft /tmp/pilot/bundle-%d.note"
                        + " --previous /tmp/pilot/bundle-%d.note"
                        + " --previous-fingerprint '%s-FINGERPRINT' --fingerprint '%s-FINGERPRINT'")
                    .formatted(version, version - 1, before, name)
                + key(holder))
        .fills(before + "-FINGERPRINT", before)
        .fills(name + "-FINGERPRINT", name)
        .says(holder + " signed");
  }

  private static String key(String holder) {
    return " --key /tmp/pilot/%s.root --passphrase-file /tmp/pilot/%s.passphrase"
        .formatted(holder, holder);
  }

  private static CommandStep taken(String folder, int version) {
    return CommandStep.of(
            "./entente join --config /tmp/pilot/%s/node.yaml --bundle /tmp/pilot/bundle-%d.note"
                .formatted(folder, version))
        .says("wrote");
  }

  private static CommandStep joined(
      String folder, String bundle, String roots, String placeholder, String name, String request) {
    return CommandStep.of(
            ("./entente join --config /tmp/pilot/%s/node.yaml --bundle /tmp/pilot/%s.note"
                    + " --roots /tmp/pilot/%s/roots.json --fingerprint '%s'"
                    + " --request /tmp/pilot/%s/%s")
                .formatted(folder, bundle, roots, placeholder, folder, request))
        .fills(placeholder, name)
        .says("wrote");
  }

  private static CommandStep joinedAnew(String folder) {
    return CommandStep.of(
            ("./entente join --config /tmp/pilot/%s/node.yaml --bundle /tmp/pilot/refounded.note"
                    + " --roots /tmp/pilot/refounding/roots.json"
                    + " --fingerprint 'NEW-ROOTS-FINGERPRINT'")
                .formatted(folder))
        .fills("NEW-ROOTS-FINGERPRINT", "NEW-ROOTS")
        .says("wrote");
  }

  private static CommandStep forgotten(String folder) {
    String at = "/tmp/pilot/" + folder;
    return CommandStep.of(
            "rm "
                + at
                + "/roots.json "
                + at
                + "/trust-bundle.note "
                + at
                + "/gateway-1/audit/accepted-bundle*")
        .in(CommandStep.ProcessKind.SHELL);
  }
}
