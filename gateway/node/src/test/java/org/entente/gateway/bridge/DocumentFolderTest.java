package org.entente.gateway.bridge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.entente.gateway.bridge.format.WrittenMessage;
import org.entente.gateway.model.DurableFile;
import org.entente.proto.v1.Document;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** As which file a document is saved, whatever its sender calls it. */
class DocumentFolderTest {
  private static final String ID = "00112233445566778899aabbccddeeff";
  private static final ByteString MESSAGE = ByteString.fromHex(ID);

  /** What senders may write, and what is left of it. */
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("report.pdf", "report.pdf"),
          Map.entry("Gutachten Nr. 7/26.pdf", "26.pdf"),
          Map.entry("Prüfbericht (2).pdf", "Prüfbericht_2_.pdf"),
          Map.entry("../../../etc/passwd", "passwd"),
          Map.entry("/etc/cron.d/job", "job"),
          Map.entry("..\\..\\start.exe", "start.exe"),
          Map.entry("C:\\fakepath\\x.pdf", "x.pdf"),
          Map.entry("..", "document"),
          Map.entry("a/..", "document"),
          Map.entry("...", "document"),
          Map.entry("", "document"),
          Map.entry("///", "document"),
          Map.entry(".bashrc", "bashrc"),
          Map.entry("report.pdf. .", "report.pdf"),
          Map.entry("invoice\u202Efdp.exe", "invoice_fdp.exe"),
          Map.entry("a\u0000b", "a_b"),
          Map.entry("$(rm -rf ~);`x`|y&.txt", "rm_-rf_x_y_.txt"),
          Map.entry("-rf", "-rf"),
          Map.entry("報告書.pdf", "報告書.pdf"),
          Map.entry("u\u0308ber.pdf", "über.pdf"));

  @TempDir Path temporary;

  private static Document called(String name) {
    return Document.newBuilder().setName(name).setContent(ByteString.copyFromUtf8("x")).build();
  }

  @TestFactory
  Stream<DynamicTest> name_ofAnotherAgency_isNeverAPath() throws IOException {
    DocumentFolder folder = DocumentFolder.open(temporary);
    return NAMES.entrySet().stream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.getValue(),
                    () -> {
                      assertEquals(one.getValue(), DocumentFolder.harmless(one.getKey()));
                      // As it is, or without letters that this process has not in names.
                      Path file = folder.file(MESSAGE, called(one.getKey()));
                      assertEquals(temporary, file.normalize().getParent());
                      assertTrue(String.valueOf(file.getFileName()).startsWith(ID + "-"));
                    }));
  }

  @Test
  void name_asLongAsItMayBe_isCutToWhatAFileSystemTakes_andKeepsItsEnd() throws IOException {
    DocumentFolder folder = DocumentFolder.open(temporary);
    String name = "漢".repeat(196) + ".pdf";
    String kept = DocumentFolder.harmless(name);
    int bytes = kept.getBytes(StandardCharsets.UTF_8).length;
    assertTrue(bytes > 160 && bytes <= 167, "bytes: " + bytes);
    assertTrue(kept.endsWith("漢.pdf"), kept);
    Path file = folder.file(MESSAGE, called(name));
    DurableFile.create(file, new byte[] {1});
    assertTrue(Files.exists(file));
    Path whole = folder.file(MESSAGE, called("a".repeat(200)));
    assertEquals(ID + "-" + "a".repeat(167), String.valueOf(whole.getFileName()));
  }

  @Test
  void fileName_thatAPersonChooses_isOnePart() {
    Stream.of("x", "report 7.pdf", ".hidden", "a\\b")
        .forEach(name -> assertTrue(DocumentFolder.isFileName(name), name));
    Stream.of("", ".", "..", "a/b", "/a", "a/", "a\u0000", "a".repeat(201))
        .forEach(name -> assertFalse(DocumentFolder.isFileName(name), name));
  }

  @Test
  void file_isItsOwnersAlone_andNothingThatIsThereIsReplaced() throws IOException {
    Path made = temporary.resolve("made");
    DocumentFolder folder = DocumentFolder.open(made);
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(made)));
    byte[] content = {0, -1, 13, 10};
    Path file = folder.file("a.bin");
    DurableFile.create(file, content);
    assertArrayEquals(content, Files.readAllBytes(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));

    assertThrows(FileAlreadyExistsException.class, () -> DurableFile.create(file, new byte[9]));
    assertArrayEquals(content, Files.readAllBytes(file));

    Path elsewhere = temporary.resolve("elsewhere");
    Path link = Files.createSymbolicLink(folder.file("link"), elsewhere);
    assertTrue(DocumentFolder.isThere(link), "a link to nothing");
    assertThrows(FileAlreadyExistsException.class, () -> DurableFile.create(link, content));
    assertFalse(Files.exists(elsewhere));
    assertThrows(NotDirectoryException.class, () -> DocumentFolder.open(file));
    assertThrows(NotDirectoryException.class, () -> DocumentFolder.open(link));
  }

  @Test
  void file_thatIsRead_isADocumentOfItsBytes_andItsEndSaysTheMediaType() throws IOException {
    Path pdf = Files.write(temporary.resolve("Report.PDF"), new byte[] {1, 2, 3});
    Document document = read(DocumentFile.read(pdf, null, null));
    assertEquals("application/pdf", document.getMediaType());
    assertEquals("Report.PDF", document.getName());
    assertEquals(ByteString.copyFrom(new byte[] {1, 2, 3}), document.getContent());

    Path none = Files.createFile(temporary.resolve("none"));
    Document empty = read(DocumentFile.read(none, "shown", "application/x-own"));
    assertEquals("application/x-own", empty.getMediaType());
    assertEquals("shown", empty.getName());
    assertTrue(empty.getContent().isEmpty());
    assertEquals(
        "application/octet-stream", read(DocumentFile.read(none, "x", null)).getMediaType());
  }

  @Test
  void file_thatIsNone_orTooLarge_isToldOfTheField() throws IOException {
    assertWrong("no such file", DocumentFile.read(temporary.resolve("gone"), null, null));
    assertWrong("is not a regular file", DocumentFile.read(temporary, null, null));
    Path large = temporary.resolve("large");
    try (RandomAccessFile sparse = new RandomAccessFile(large.toFile(), "rw")) {
      sparse.setLength(DocumentFile.MOST_BYTES + 1L);
    }
    assertWrong("more than the 16777216 bytes", DocumentFile.read(large, null, null));
  }

  private static Document read(WrittenMessage<Document> written) {
    if (written instanceof WrittenMessage.Read<Document> read) {
      return read.value();
    }
    throw new AssertionError(written);
  }

  private static void assertWrong(String said, WrittenMessage<Document> written) {
    WrittenMessage.Wrong<?> wrong = assertInstanceOf(WrittenMessage.Wrong.class, written);
    assertEquals("body.document.content", wrong.field());
    assertTrue(wrong.problem().contains(said), wrong::problem);
  }
}
