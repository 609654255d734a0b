class MyGreeting extends HTMLElement {
  connectedCallback() {
    this.textContent = `Hello, ${this.getAttribute('name')}`;
  }
}

customElements.define('my-greeting', MyGreeting);
