package dev.tidings.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidings.client.TidingsClient;
import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientListener;
import dev.tidings.client.model.ClientOptions;
import dev.tidings.client.model.Entry;
import dev.tidings.client.model.Found;
import dev.tidings.client.model.SearchQuery;
import dev.tidings.running.Asking;
import dev.tidings.running.Asking.Transport;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Unit;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// `search` with a running server, over every transport.
class SearchOnTheWireTest {
  @RegisterExtension
  static final RunningServer SERVER = RunningServer.withoutRateLimits().withSearch();

  private static Unit ask(Asking who, String withApostrophes) {
    return who.ask(withApostrophes.replace('\'', '"'));
  }

  @ParameterizedTest
  @EnumSource
  void entriesAreFoundAsTheirReaderSeesThem(Transport transport) {
    String bob = "bob-" + transport;
    String ann = "ann-" + transport;
    try (Asking author = Asking.as(ann, transport, SERVER);
        Asking reader = Asking.as(bob, transport, SERVER);
        Asking stranger = Asking.as("eve-" + transport, transport, SERVER)) {
      ask(author, "{'op':'send','to':'u:" + bob + "','cid':'c','data':{'text':'東京 deploy'}}");
      ask(author, "{'op':'send','to':'u:" + bob + "','data':'deploy two'}");
      String search = "{'op':'search','id':7,'q':'Deploy','limit':1}";
      await().until(() -> ask(reader, "{'op':'search','q':'two'}").line().contains("deploy two"));
      Unit first = ask(reader, search);
      assertThat(first.line())
          .startsWith("{\"op\":\"ok\",\"id\":7,\"items\":[{\"in\":\"u:" + ann + "\",\"epoch\":\"")
          .contains("\"seq\":2,\"from\":\"" + ann + "\",\"data\":\"deploy two\"")
          .doesNotContain("cid")
          .doesNotContain("whole");
      Unit second = ask(reader, search.replace("}", ",'next':'" + first.text("next") + "'}"));
      assertThat(second.line()).contains("東京 deploy");
      assertThat(second.has("next")).isFalse();
      assertThat(ask(author, "{'op':'search','q':'東京'}").line())
          .contains("\"in\":\"u:" + bob + "\"", "\"cid\":\"c\"");
      assertThat(ask(stranger, "{'op':'search','id':1,'q':'deploy'}").line())
          .isEqualTo("{\"op\":\"ok\",\"id\":1,\"items\":[]}");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBackendSearchesAsTheUserItActsFor(Transport transport) {
    String zoe = "zoe-" + transport;
    try (Asking backend = Asking.withToken(SERVER.serviceToken("backend"), transport, SERVER)) {
      ask(backend, "{'op':'send','as':'" + zoe + "','to':'u:yan','data':'hidden words'}");
      String asZoe = "{'op':'search','as':'" + zoe + "','q':'hidden'}";
      await().until(() -> ask(backend, asZoe).line().contains("hidden words"));
      assertThat(ask(backend, "{'op':'search','q':'hidden'}").line()).doesNotContain("words");
      assertThat(
              ask(backend, "{'op':'search','as':'" + zoe + "','q':'hidden','in':'u:yan'}").line())
          .contains("\"in\":\"u:yan\"");
    }
  }

  @Test
  void theJavaClientFindsAPageAtATime() {
    URI server = URI.create("tcp://127.0.0.1:" + SERVER.address().getPort());
    TidingsClient client =
        SERVER.closing(
            TidingsClient.connect(server, ClientOptions.ofUser("max"), new ClientListener() {}));
    for (String text : List.of("pears one", "pears two", "pears three")) {
      client.send("u:moritz", Json.of(text)).join();
    }
    SearchQuery query = SearchQuery.of("PEARS").in("u:moritz").from("max").limit(2);
    await().until(() -> client.search(SearchQuery.of("three")).join().items().size() == 1);
    Found first = client.search(query).join();
    Found second = client.search(query.behind(first)).join();
    assertThat(first.items()).extracting(Entry::seq).containsExactly(3L, 2L);
    assertThat(second.items()).extracting(Entry::seq).containsExactly(1L);
    assertThat(second.items().getFirst().in()).isEqualTo("u:moritz");
    assertThat(second.items().getFirst().epoch()).isNotEmpty();
    assertThat(second.next()).isEmpty();
    assertThat(second.whole()).isTrue();
    long ts = second.items().getFirst().ts();
    assertThat(client.search(query.before(ts)).join().items()).isEmpty();
  }

  /// A server of its own, where nobody wants the index.
  @Nested
  class Off {
    @RegisterExtension static final RunningServer WITHOUT = RunningServer.withoutRateLimits();

    @ParameterizedTest
    @EnumSource
    void itIsRefusedWhateverItIsAbout(Transport transport) {
      try (Asking zoe = Asking.as("zoe", transport, WITHOUT)) {
        ask(zoe, "{'op':'send','to':'u:bob','data':'deploy'}");
        for (String more : List.of("", ",'in':'u:bob'", ",'in':'g:none'", ",'from':'zoe'")) {
          assertThat(
                  zoe.outcome(
                      "{'op':'search','q':'deploy'E}".replace("E", more).replace('\'', '"')))
              .isEqualTo("off");
        }
      }
    }
  }
}
