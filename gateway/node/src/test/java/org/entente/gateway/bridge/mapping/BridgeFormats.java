package org.entente.gateway.bridge.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import org.entente.gateway.bridge.cap.CapReaderTest;
import org.entente.gateway.bridge.cap.CapWriter;
import org.entente.gateway.bridge.format.AlertDraft;
import org.entente.gateway.bridge.format.CapAlert;
import org.entente.gateway.bridge.format.DraftLines;
import org.entente.gateway.bridge.format.FeedFixture;
import org.entente.gateway.bridge.format.RecordReadResult;
import org.entente.gateway.bridge.format.SourceRecord;
import org.entente.gateway.cel.ExpressionCompiler;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlReadResult;
import org.entente.gateway.testkit.Formats;
import org.entente.proto.v1.Draft;

/** Foreign alerts and the operator's mappings. */
public final class BridgeFormats {
  private BridgeFormats() {}

  /** All of them. */
  public static Formats all() {
    RecordMapping cap =
        ((YamlReadResult.Read<RecordMapping>)
                FeedFixture.load(FeedFixture.mappings().resolve("cap.yaml")))
            .value();
    YamlFiles yaml = new YamlFiles();
    ExpressionCompiler expressions = new ExpressionCompiler();
    return new Formats("bridge")
        .with(
            "cap",
            bytes -> cap(cap, bytes),
            () ->
                List.of(
                    CapReaderTest.MINIMAL.getBytes(UTF_8),
                    file("gateway/node/src/test/resources/cap/parameters.cap")))
        .with(
            "json-lines",
            BridgeFormats::lines,
            () -> List.of(head("config/samples/wildlife.jsonl")))
        .with(
            "mapping",
            bytes ->
                MappingLoader.load(yaml.parse("m.yaml", bytes, MappingFile.class), expressions)
                    instanceof YamlReadResult.Read<RecordMapping>,
            () -> List.of(file("config/mappings/cap.yaml")))
        .with(
            "target-path",
            BridgeFormats::path,
            () ->
                texts("label.category", "body.alert.texts[0].headline", "body.alert.extra.a.b c"));
  }

  private static List<byte[]> texts(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(UTF_8)).toList();
  }

  private static byte[] file(String name) {
    try {
      return Files.readAllBytes(FeedFixture.repository(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first line: seeds are to be small. */
  private static byte[] head(String name) {
    String text = new String(file(name), UTF_8);
    return text.substring(0, text.indexOf('\n') + 1).getBytes(UTF_8);
  }

  /** What was read is written so that it reads the same; what maps comes to a draft. */
  private static boolean cap(RecordMapping mapping, byte[] xml) {
    if (!(FeedFixture.cap(xml) instanceof CapAlert alert)) {
      return false;
    }
    String written = CapWriter.write(alert.element());
    assertEquals(
        alert.element(), FeedFixture.capAlert(written).element(), "another alert when written");
    if (mapping.apply(alert) instanceof AlertDraft draft) {
      CapWriter.write(draft.draft().getLabel(), draft.draft().getBody().getAlert());
    }
    return true;
  }

  private static boolean lines(byte[] bytes) {
    boolean any = false;
    for (RecordReadResult reading : FeedFixture.lines(bytes)) {
      if (reading instanceof SourceRecord record
          && DraftLines.read(record, false) instanceof AlertDraft draft) {
        any = true;
        try {
          assertEquals(draft.draft(), Draft.parseFrom(draft.draft().toByteString()));
        } catch (InvalidProtocolBufferException e) {
          throw new AssertionError(e);
        }
      }
    }
    return any;
  }

  private static boolean path(byte[] bytes) {
    try {
      TargetPath path = TargetPath.parse(new String(bytes, UTF_8));
      return path.type() != null && path.overlaps(path);
    } catch (TargetPath.InvalidPath refused) {
      return false;
    }
  }
}
