package org.entente.loadtests;

import java.util.List;
import java.util.stream.Stream;
import org.entente.loadtests.testkit.CommandStep;

/** The commands of docs/operate/keys.md by which an agency's next CA takes over, in their order. */
final class NextCaSteps {
  private static final String NODE = " --config /tmp/pilot/fr/node.yaml";
  private static final String NEXT = " --ca /tmp/pilot/fr-ca-2";

  private NextCaSteps() {}

  /** Every one of them, once. */
  static List<CommandStep> all() {
    return Stream.of(listed(), clients(), gateway(), ended()).flatMap(List::stream).toList();
  }

  /** After the founding of docs/operate/ceremony.md, with both gateways running. */
  static List<CommandStep> listed() {
    return List.of(
        CommandStep.of("./entente tls next-ca" + NODE + " --out /tmp/pilot/fr-ca-2")
            .says("CN=fr.customs CA 20")
            .says("keys renew --authority "),
        CommandStep.of(
                "./entente client add operator --scope operator"
                    + NODE
                    + " --ca /tmp/pilot/fr --out /tmp/pilot/fr/clients/operator")
            .says("in force     now"),
        CommandStep.of(
                "./entente keys renew --authority /tmp/pilot/fr-ca-2/ca.crt --officer FR-3"
                    + " --justification 'yearly renewal' --out /tmp/pilot/fr-2.join"
                    + " --gateway 127.0.0.1:7471 --credentials /tmp/pilot/fr/clients/operator")
            .keeps("FR-2", "read out +(.*)"),
        CommandStep.of(
                "./entente federation add --in /tmp/pilot/bundle-1.note"
                    + " --out /tmp/pilot/bundle-ca.note --request /tmp/pilot/fr-2.join"
                    + " --fingerprint 'FR-2-FINGERPRINT'")
            .fills("FR-2-FINGERPRINT", "FR-2")
            .keeps("CA", "read aloud +(.*)"),
        CommandStep.of(
                "./entente federation diff /tmp/pilot/bundle-1.note /tmp/pilot/bundle-ca.note")
            .says("new CA")
            .says("becomes valid from")
            .doesNotSay("no longer"),
        signed("alice", "ca", "1", "DRAFT", "CA"),
        signed("carol", "ca", "1", "DRAFT", "CA"),
        taken("ca"));
  }

  /** While the gateway still shows its old certificate. */
  static List<CommandStep> clients() {
    return List.of(
        CommandStep.of(
                "./entente client renew declarations"
                    + NODE
                    + NEXT
                    + " --out /tmp/pilot/fr/clients/declarations-2")
            .says("in force     already"));
  }

  static List<CommandStep> gateway() {
    return List.of(CommandStep.of("./entente tls renew" + NODE + NEXT).says("certificate  "));
  }

  /** The old CA is revoked. */
  static List<CommandStep> ended() {
    return List.of(
        CommandStep.of(
                "./entente federation remove --in /tmp/pilot/bundle-ca.note"
                    + " --out /tmp/pilot/bundle-ca-2.note"
                    + " --certificate fr.customs=/tmp/pilot/fr/ca.crt")
            .says("revocation of certificate")
            .keeps("END", "read aloud +(.*)"),
        signed("alice", "ca-2", "ca", "CA", "END"),
        signed("carol", "ca-2", "ca", "CA", "END"),
        taken("ca-2"));
  }

  private static CommandStep signed(
      String holder, String draft, String previous, String before, String name) {
    return CommandStep.of(
            ("./entente federation sign --draft /tmp/pilot/bundle-%s.note"
                    + " --previous /tmp/pilot/bundle-%s.note"
                    + " --previous-fingerprint '%s-FINGERPRINT' --fingerprint '%s-FINGERPRINT'"
                    + " --key /tmp/pilot/%s.root --passphrase-file /tmp/pilot/%s.passphrase")
                .formatted(draft, previous, before, name, holder, holder))
        .fills(before + "-FINGERPRINT", before)
        .fills(name + "-FINGERPRINT", name)
        .says(holder + " signed");
  }

  private static CommandStep taken(String bundle) {
    return CommandStep.of(
            "./entente join" + NODE + " --bundle /tmp/pilot/bundle-%s.note".formatted(bundle))
        .says("wrote");
  }
}
