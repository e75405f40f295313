package org.entente.gateway.bridge.cap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.bridge.format.BadRecord;
import org.entente.gateway.bridge.format.CapAlert;
import org.entente.gateway.bridge.format.CapReadResult;
import org.entente.gateway.bridge.format.CapVersion;
import org.entente.gateway.bridge.format.FeedFixture;
import org.entente.gateway.bridge.format.UnmappedValue;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

public class CapReaderTest {
  public static final String MINIMAL =
      """
      <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
        <identifier>X-1</identifier>
        <sender>desk@example.gov</sender>
        <sent>2026-04-16T21:40:00+02:00</sent>
        <status>Actual</status>
        <msgType>Alert</msgType>
        <scope>Public</scope>
        <info>
          <category>Fire</category>
          <event>Fire</event>
          <urgency>Immediate</urgency>
          <severity>Severe</severity>
          <certainty>Observed</certainty>
          <area>
            <areaDesc>Quay</areaDesc>
          </area>
        </info>
      </alert>
      """;

  private static String with(String old, String replacement) {
    assertTrue(MINIMAL.contains(old), old);
    return MINIMAL.replace(old, replacement);
  }

  @Test
  void document_minimal_isRead() {
    CapAlert alert = FeedFixture.capAlert(MINIMAL);

    assertEquals(CapVersion.V1_2, alert.version());
    assertEquals(1, alert.line());
    assertEquals("desk@example.gov", alert.element().textOf("sender"));
    assertEquals("Quay", alert.element().all("info").get(0).all("area").get(0).textOf("areaDesc"));
  }

  /** Each row: what is changed, into what, line and path of the report, a piece of its message. */
  @TestFactory
  Stream<DynamicTest> document_withOneFault_isReportedByLineAndElement() {
    return Stream.of(
            new String[][] {
              {"<scope>Public</scope>", "", "1", "alert/scope", "required and missing"},
              {"<event>Fire</event>", "<event/>", "10", "alert/info/event", "must be text"},
              {"<event>Fire</event>", "", "8", "alert/info/event", "required and missing"},
              {"Immediate", "Soon", "11", "alert/info/urgency", "Immediate, Expected"},
              {"Actual", "actual", "5", "alert/status", "one of Actual"},
              {"X-1", "X 1", "2", "alert/identifier", "without spaces"},
              {"+02:00", "Z", "4", "alert/sent", "must be a time such as"},
              {"04-16", "02-30", "4", "alert/sent", "must be a time such as"},
              {
                "<status>", "<color>red</color><status>", "5", "alert/color", "is not a CAP element"
              },
              {"<status>", "<sent>x</sent><status>", "5", "alert/sent", "only once"},
              {"<event>Fire", "<event>Fi<b/>re", "10", "alert/info/event", "only text"},
              {"<info>", "<info>hm", "9", "alert/info", "only elements"},
              {"Public", "Private", "1", "alert/addresses", "if scope is Private"},
              {"Public", "Restricted", "1", "alert/restriction", "if scope is Restricted"},
              {
                "</areaDesc>",
                "</areaDesc><circle>1,2</circle>",
                "15",
                "alert/info/area/circle",
                "km"
              },
              {
                "</areaDesc>",
                "</areaDesc><polygon>1,2 3,4 5,6 1,3</polygon>",
                "15",
                "alert/info/area/polygon",
                "the last equal to the first"
              },
              {
                "</areaDesc>",
                "</areaDesc><polygon>91,2 3,4 5,6 91,2</polygon>",
                "15",
                "alert/info/area/polygon",
                "at least four"
              },
              {
                "</areaDesc>",
                "</areaDesc><geocode><value>1</value></geocode>",
                "15",
                "alert/info/area/geocode/valueName",
                "required and missing"
              },
              {"cap:1.2", "cap:1.0", "1", "alert", "not a CAP 1.1 or 1.2 alert"},
              {"</info>", "</inf>", "17", "", "not well-formed"},
            })
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row[3] + " " + row[1],
                    () -> {
                      BadRecord bad = FeedFixture.bad(FeedFixture.cap(with(row[0], row[1])));
                      assertEquals("a.cap", bad.file());
                      assertEquals(row[3], bad.field());
                      assertEquals(Integer.parseInt(row[2]), bad.line(), bad::toString);
                      assertTrue(bad.message().contains(row[4]), bad::toString);
                    }));
  }

  @Test
  void veryLikely_isAWordOfVersion11Only() {
    String likely = with("Observed", "Very Likely");

    assertEquals("alert/info/certainty", FeedFixture.bad(FeedFixture.cap(likely)).field());
    CapAlert old = FeedFixture.capAlert(likely.replace("cap:1.2", "cap:1.1"));
    assertEquals("Very Likely", old.element().all("info").get(0).textOf("certainty"));
    String written = CapWriter.write(old.element());
    assertEquals("alert/info/certainty", FeedFixture.bad(FeedFixture.cap(written)).field());
  }

  @Test
  void signature_ofXml_isSkipped() {
    String signed =
        with(
            "</alert>",
            "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><a><b>1</b></a></Signature>"
                + "</alert>");

    CapAlert alert = FeedFixture.capAlert(signed);

    assertEquals(FeedFixture.capAlert(MINIMAL).element(), alert.element());
    assertEquals(List.of("alert/Signature"), paths(alert));
  }

  private static List<String> paths(CapAlert alert) {
    return alert.unmapped().stream().map(UnmappedValue::path).toList();
  }

  @Test
  void attributes_areTold_exceptThoseOfTheSchema() {
    String xsi = " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
    String xml =
        with("cap:1.2\"", "cap:1.2\"" + xsi + " xsi:schemaLocation=\"a b\"")
            .replace("<event>", "<event kind=\"x\">")
            .replace("<area>", "<area xml:lang=\"de\">");

    CapAlert alert = FeedFixture.capAlert(xml);

    assertEquals(List.of("alert/info/event/@kind", "alert/info/area/@lang"), paths(alert));
    assertEquals(10, alert.unmapped().get(0).line());
  }

  @Test
  void attributes_ofManyKinds_areToldUpToABound() {
    StringBuilder codes = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      codes.append("<code a").append(i).append("=\"1\">x</code>");
    }

    CapAlert alert = FeedFixture.capAlert(with("<info>", codes + "<info>"));

    assertEquals(UnmappedCollector.MOST + 1, alert.unmapped().size());
  }

  @Test
  void attributes_inGreatNumber_areRefused() {
    StringBuilder some = new StringBuilder("<event");
    for (int i = 0; i <= CapDocument.MAX_ATTRIBUTES; i++) {
      some.append(" a").append(i).append("=\"\"");
    }
    StringBuilder many = new StringBuilder("<event");
    for (int i = 0; i < 60_000; i++) {
      many.append(" a").append(i).append("=\"\"");
    }

    BadRecord bad = FeedFixture.bad(FeedFixture.cap(with("<event>", some + ">")));
    assertEquals(10, bad.line());
    assertTrue(bad.message().contains("more than 32 attributes"), bad::toString);
    FeedFixture.bad(FeedFixture.cap(with("<event>", many + ">")));
  }

  @Test
  void xinclude_isNotFollowed(@TempDir Path folder) throws Exception {
    Path secret = Files.writeString(folder.resolve("secret.txt"), "SECRET-CONTENT");
    String include =
        "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" parse=\"text\" href=\""
            + secret.toUri()
            + "\"/>";

    BadRecord within = FeedFixture.bad(FeedFixture.cap(with("<event>Fire", "<event>" + include)));
    assertEquals("alert/info/event", within.field());
    BadRecord beside = FeedFixture.bad(FeedFixture.cap(with("<info>", include + "<info>")));
    assertEquals("alert/include", beside.field());
    assertFalse((within + " " + beside).contains("SECRET-CONTENT"));
  }

  @Test
  void instructions_ofXmlStylesheet_areNotFollowed() {
    String styled = "<?xml-stylesheet type=\"text/xsl\" href=\"http://127.0.0.1:9/x\"?>" + MINIMAL;

    assertEquals(FeedFixture.capAlert(MINIMAL).element(), FeedFixture.capAlert(styled).element());
  }

  @Test
  void elements_inAnotherOrder_areWrittenInTheSchemasOrder() {
    String swapped =
        with("<scope>Public</scope>", "")
            .replace("<identifier>", "<scope>Public</scope><identifier>");

    String written = CapWriter.write(FeedFixture.capAlert(swapped).element());

    assertEquals(List.of("alert/identifier"), paths(FeedFixture.capAlert(swapped)));
    assertEquals(FeedFixture.capAlert(MINIMAL).element(), FeedFixture.capAlert(written).element());
    assertEquals(List.of(), paths(FeedFixture.capAlert(written)));
  }

  @Test
  void externalEntity_isRefusedAndNotRead(@TempDir Path folder) throws Exception {
    Path secret = Files.writeString(folder.resolve("secret.txt"), "SECRET-CONTENT");
    String xxe =
        "<!DOCTYPE alert [<!ENTITY x SYSTEM \""
            + secret.toUri()
            + "\">]>"
            + with("<event>Fire", "<event>&x;");

    BadRecord bad = FeedFixture.bad(FeedFixture.cap(xxe));

    assertTrue(bad.message().contains("document type declaration"), bad::toString);
    assertFalse(bad.toString().contains("SECRET-CONTENT"));
  }

  @Test
  void externalSubset_isRefused() {
    BadRecord bad =
        FeedFixture.bad(
            FeedFixture.cap("<!DOCTYPE alert SYSTEM \"http://127.0.0.1:9/a.dtd\">" + MINIMAL));

    assertTrue(bad.message().contains("document type declaration"), bad::toString);
  }

  @Test
  void parameterEntity_isRefused() {
    String xml = "<!DOCTYPE alert [<!ENTITY % p SYSTEM \"http://127.0.0.1:9/p\"> %p;]>" + MINIMAL;

    BadRecord bad = FeedFixture.bad(FeedFixture.cap(xml));

    assertTrue(bad.message().contains("document type declaration"), bad::toString);
  }

  @Test
  void billionLaughs_isRefusedBeforeItExpands() {
    StringBuilder dtd = new StringBuilder("<!DOCTYPE alert [<!ENTITY l0 \"laughter\">");
    for (int i = 1; i < 12; i++) {
      dtd.append("<!ENTITY l").append(i).append(" \"");
      dtd.append(("&l" + (i - 1) + ";").repeat(10)).append("\">");
    }
    String xml = dtd.append("]>") + with("<event>Fire", "<event>&l11;");

    BadRecord bad = FeedFixture.bad(FeedFixture.cap(xml));

    assertTrue(bad.message().contains("document type declaration"), bad::toString);
  }

  @Test
  void undefinedEntity_isReported() {
    BadRecord bad = FeedFixture.bad(FeedFixture.cap(with("<event>Fire", "<event>&nbsp;")));

    assertEquals(10, bad.line());
  }

  @Test
  void document_tooLong_isReported() {
    String xml = with("<event>Fire", "<event>" + "x".repeat(CapReader.MAX_BYTES));

    assertTrue(
        FeedFixture.bad(FeedFixture.cap(xml)).message().contains("longer than 1048576 bytes"));
  }

  @Test
  void document_withTooManyElements_isReported() {
    String xml = with("<info>", "<code>x</code>".repeat(CapDocument.MAX_ELEMENTS) + "<info>");

    assertTrue(
        FeedFixture.bad(FeedFixture.cap(xml)).message().contains("more than 10000 elements"));
  }

  @Test
  void document_deeplyNested_isReported() {
    String deep = "<b>".repeat(100_000) + "</b>".repeat(100_000);

    assertEquals(
        "alert/b", FeedFixture.bad(FeedFixture.cap(with("<info>", deep + "<info>"))).field());
    String signature = "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\">";
    String hidden = signature + deep + "</Signature>";
    BadRecord bad = FeedFixture.bad(FeedFixture.cap(with("<info>", hidden + "<info>")));
    assertTrue(bad.message().contains("nested more than 32 deep"), bad::toString);
    String wide = signature + "<b/>".repeat(CapDocument.MAX_ELEMENTS) + "</Signature>";
    BadRecord many = FeedFixture.bad(FeedFixture.cap(with("<info>", wide + "<info>")));
    assertTrue(many.message().contains("more than 10000 elements"), many::toString);
  }

  @Test
  void document_inUtf16_isRead() {
    String xml = "<?xml version=\"1.0\" encoding=\"UTF-16\"?>" + with("Quay", "Kai «östlich»");

    CapReadResult reading = FeedFixture.cap(xml.getBytes(StandardCharsets.UTF_16));

    assertTrue(reading instanceof CapAlert, reading::toString);
  }

  @Test
  void document_notInItsEncoding_isReported() {
    byte[] latin = with("Quay", "Kai «östlich»").getBytes(StandardCharsets.ISO_8859_1);

    BadRecord bad = FeedFixture.bad(FeedFixture.cap(latin));
    assertEquals("is not UTF-8, although it declares that encoding", bad.message());
    assertEquals(15, bad.line());
    byte[] declared = bytes("<?xml version='1.0' encoding='iso-8859-1'?>", latin);
    assertTrue(FeedFixture.cap(declared) instanceof CapAlert);
    byte[] strange = bytes("<?xml version='1.0' encoding='EBCDIC'?>", latin);
    assertTrue(FeedFixture.bad(FeedFixture.cap(strange)).message().contains("is \"EBCDIC\""));
  }

  /** A filter in front that looks for a document type in ASCII finds none in these. */
  @TestFactory
  Stream<DynamicTest> entity_inAnEncodingThatHidesIt_isRefused() {
    String xxe =
        "<!DOCTYPE alert [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>"
            + with("<event>Fire", "<event>&x;");
    return Stream.of("UTF-16", "UTF-16BE", "UTF-16LE", "UTF-32", "IBM037", "IBM1047", "UTF-7")
        .filter(name -> name.equals("UTF-7") || Charset.isSupported(name))
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      String said = "<?xml version=\"1.0\" encoding=\"" + name + "\"?>" + xxe;
                      Charset charset =
                          name.equals("UTF-7") ? StandardCharsets.US_ASCII : Charset.forName(name);
                      FeedFixture.bad(FeedFixture.cap(said.getBytes(charset)));
                    }));
  }

  @Test
  void entity_inUtf16_isRefusedForWhatItIs() {
    String xxe = "<!DOCTYPE alert [<!ENTITY x \"y\">]>" + with("<event>Fire", "<event>&x;");

    BadRecord bad = FeedFixture.bad(FeedFixture.cap(xxe.getBytes(StandardCharsets.UTF_16)));

    assertTrue(bad.message().contains("document type declaration"), bad::toString);
  }

  private static byte[] bytes(String before, byte[] after) {
    byte[] out =
        Arrays.copyOf(before.getBytes(StandardCharsets.US_ASCII), before.length() + after.length);
    System.arraycopy(after, 0, out, before.length(), after.length);
    return out;
  }
}
