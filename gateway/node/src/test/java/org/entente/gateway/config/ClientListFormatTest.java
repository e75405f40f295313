package org.entente.gateway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClientListFormatTest {
  private static final Instant NOW = Instant.parse("2026-03-02T08:00:00Z");
  private static final ClientList.Certificate CERTIFICATE =
      new ClientList.Certificate("0a".repeat(32), "7", NOW, NOW.plusSeconds(60));
  private static final ClientList LIST =
      new ClientList(
          3,
          NOW,
          "FR-3",
          List.of(
              new ClientList.Entry("desk", List.of("subscribe"), List.of(), null, List.of(), NOW),
              new ClientList.Entry(
                  "night",
                  List.of("publish", "evidence"),
                  List.of("narcotics"),
                  true,
                  List.of(CERTIFICATE),
                  null)));

  private static YamlReadResult<ClientList> read(String yaml) {
    return new YamlFiles()
        .parse("clients.yaml", yaml.getBytes(StandardCharsets.UTF_8), ClientList.class);
  }

  private static void assertRefused(String why, String yaml) {
    YamlReadResult.Unreadable<ClientList> refused =
        (YamlReadResult.Unreadable<ClientList>) read(yaml);
    assertTrue(refused.problems().toString().contains(why), refused.problems()::toString);
  }

  private static ClientList.Entry entry(String name, List<ClientList.Certificate> certificates) {
    return new ClientList.Entry(name, List.of("subscribe"), List.of(), null, certificates, null);
  }

  @Test
  void list_printed_readsBack() {
    String yaml = YamlFiles.print(LIST);
    assertEquals(LIST, ((YamlReadResult.Read<ClientList>) read(yaml)).value(), yaml);
  }

  @Test
  void field_thatIsMissingUnknownOrWrong_isNamed() {
    String yaml = YamlFiles.print(LIST);
    assertRefused("version", yaml.replace("version: 3\n", ""));
    assertRefused("version is -3", yaml.replace("version: 3", "version: -3"));
    assertRefused("changed_by", yaml.replace("changed_by: FR-3\n", ""));
    assertRefused("extra", yaml + "extra: 1\n");
    assertRefused("sha256 must be 64 hex digits", yaml.replace("0a0a", "0A0A"));
    assertRefused("clients has \"desk\" twice", yaml.replace("night", "desk"));
  }

  @Test
  void list_beyondItsLimits_isRefused() {
    List<ClientList.Entry> most =
        IntStream.range(0, ClientList.MOST_CLIENTS)
            .mapToObj(i -> entry("client-" + i, List.of()))
            .toList();
    assertEquals(ClientList.MOST_CLIENTS, new ClientList(1, NOW, "me", most).clients().size());
    List<ClientList.Entry> more =
        IntStream.rangeClosed(0, ClientList.MOST_CLIENTS)
            .mapToObj(i -> entry("client-" + i, List.of()))
            .toList();
    assertThrows(IllegalArgumentException.class, () -> new ClientList(1, NOW, "me", more));
    List<ClientList.Certificate> nine =
        IntStream.range(0, ClientList.MOST_CERTIFICATES + 1).mapToObj(i -> CERTIFICATE).toList();
    assertThrows(IllegalArgumentException.class, () -> entry("night", nine));
  }

  @Test
  void entry_takesThePlaceOfTheConfiguredOne_andARevokedOneOfNone() {
    NodeConfig.Client desk = new NodeConfig.Client("desk", List.of("audit"), List.of(), null);
    NodeConfig.Client kept = new NodeConfig.Client("kept", List.of("audit"), List.of(), null);
    assertEquals(
        List.of("kept", "night"),
        LIST.inForce(List.of(desk, kept)).stream().map(NodeConfig.Client::name).toList());
    assertEquals(List.of(desk, kept), ClientList.EMPTY.inForce(List.of(desk, kept)));
  }
}
